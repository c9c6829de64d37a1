import {
  type Assigner,
  type Collective,
  constant,
  type Encoder,
  type Head,
  normalizeRows,
  type Objective,
  type Pass,
  sinkhorn,
  type Slot,
  withGradient,
} from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { made, type Broken } from './fault.js';
import { assigner, encoder, head, objective } from './sound.js';

/** Components that are right for one worker and wrong for several. */

const RULE = 'computes the same on two workers with different halves of a batch as on one';

function modules(component: { readonly slot: Slot<Head> } | { readonly slot: Slot<Encoder> }): readonly Broken[] {
  const forwards = (change: (output: Tensor2D, pass: Pass) => Tensor2D) =>
    made(component as { readonly slot: Slot<Head> }, RULE, sound => ({
      ...sound,
      forward: (input: Tensor2D, pass: Pass) => {
        const output = sound.forward(input, pass);
        return pass.training ? change(output, pass) : output;
      },
    }));
  return [
    // Statistics of its own rows.
    forwards(output => tf.sub(output, tf.mean(output, 0))),
    // Statistics of all rows, exchanged outside of the gradient.
    forwards((output, { collective }) => tf.sub(output, meanOutsideGradient(tf.mean(output, 0), collective))),
    // Random choices by the row of the worker, and by the row of a batch of one view.
    forwards((output, { random }) => {
      const kept = Array.from({ length: output.shape[0] }, () => random?.integer(2) ?? 1);
      return tf.mul(output, tf.expandDims(tf.tensor1d(kept), 1));
    }),
  ];
}

/** A mean whose backward pass is not exchanged: the gradient of its own share, divided by the number of workers. */
function meanOutsideGradient<T extends Tensor>(value: T, collective: Collective): T {
  return withGradient((own: T) => ({
    value: collective.allReduceMean([own])[0],
    gradient: dy => [tf.div(dy, collective.size)],
  }))(value);
}

/** The rows of all workers, of which only those of this worker have a gradient. */
function rowsOutsideGradient(rows: Tensor2D, collective: Collective): Tensor2D {
  const [count] = rows.shape;
  return withGradient((own: Tensor2D) => ({
    value: collective.allGather([own])[0],
    gradient: dy => [tf.slice(dy, [collective.rank * count, 0], [count, -1])],
  }))(rows);
}

/** Running statistics of its own rows. */
const ownStatistics = made(head, RULE, sound => ({
  ...sound,
  forward: (features, pass) => {
    const rows = sound.forward(features, pass);
    if (pass.training) pass.update('mean', tf.slice(tf.mean(features, 0), [0], [4]));
    return rows;
  },
}));

type Assign = Assigner['assign'];
const assigning = (change: (result: ReturnType<Assign>, ...given: Parameters<Assign>) => ReturnType<Assign>): Broken =>
  made(assigner, RULE, sound => ({
    ...sound,
    assign: (...given: Parameters<Assign>) => change(sound.assign(...given), ...given),
  }));

const assigners: readonly Broken[] = [
  // Codes that are balanced for each worker by itself.
  assigning(({ assigned, ...rest }) => ({
    ...rest,
    assigned: assigned.map(({ logits }) => ({ logits, code: balancedSegments(logits) })),
  })),
  // A centre of its own rows.
  assigning(({ assigned }) => ({ assigned, nextState: { centre: tf.mean(assigned[0].logits, 0) } })),
  // The code of an image that depends on its row.
  assigning(({ assigned, ...rest }, views) => ({
    ...rest,
    assigned: assigned.map(({ logits }) => ({
      logits: tf.mul<Tensor2D>(logits, tf.expandDims(tf.range(1, views[0].shape[0] + 1), 1)),
    })),
  })),
];

/** Codes of the segments [1, 2] of the sound assigner. */
function balancedSegments(logits: Tensor2D): Tensor2D {
  const [one, two] = tf.split<Tensor2D>(logits, [1, 2], 1);
  return tf.concat<Tensor2D>([tf.softmax(one), sinkhorn(constant(two), { epsilon: 0.5, iterations: 3 })], 1);
}

type Compute = Objective['compute'];
/** The sound objective with one more term. */
const withTerm = (term: (...given: Parameters<Compute>) => Tensor): Broken =>
  made(objective, RULE, sound => ({
    ...sound,
    compute: (...given: Parameters<Compute>) => {
      const { loss, ...rest } = sound.compute(...given);
      return { ...rest, loss: tf.add<Scalar>(loss, term(...given)) };
    },
  }));

/** One minus the mean square of the cosines of all pairs of images. */
const unlikeness = (own: Tensor2D, all: Tensor2D): Scalar =>
  tf.sub(1, tf.mean(tf.square(tf.matMul(normalizeRows(own), normalizeRows(all), false, true))));

const variance = (rows: Tensor2D, mean: Tensor): Tensor => tf.mean(tf.square(tf.sub(rows, mean)));

const objectives: readonly Broken[] = [
  // Statistics of its own rows.
  withTerm(({ outputs: [view] }) => variance(view, tf.mean(view, 0))),
  // Candidates of its own rows.
  withTerm(({ outputs: [view] }) => unlikeness(view, view)),
  // Candidates of all workers, gathered outside of the gradient.
  withTerm(({ outputs: [view] }, { collective }) => unlikeness(view, rowsOutsideGradient(view, collective))),
  // Statistics of all rows, exchanged outside of the gradient.
  withTerm(({ outputs: [view] }, { collective }) => variance(view, meanOutsideGradient(tf.mean(view, 0), collective))),
  // A sum over its own rows, of which the step takes the mean over workers.
  withTerm(({ outputs: [a, b] }) => tf.sum(tf.squaredDifference(a, b))),
  // A state of its own rows.
  made(objective, RULE, sound => ({
    ...sound,
    compute: (inputs, context) => ({
      ...sound.compute(inputs, context),
      nextState: { centre: tf.mean(inputs.outputs[0], 0) },
    }),
  })),
  // A part of its own rows that is no mean over them.
  made(objective, RULE, sound => ({
    ...sound,
    compute: (inputs, context) => {
      const { parts, ...rest } = sound.compute(inputs, context);
      return { ...rest, parts: { ...parts, largest: tf.max<Scalar>(inputs.outputs[0]) } };
    },
  })),
];

export const brokenWorkers: readonly Broken[] = [
  ...modules(encoder),
  ...modules(head),
  ownStatistics,
  ...assigners,
  ...objectives,
];
