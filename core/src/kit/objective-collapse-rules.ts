import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Objective } from '../contracts/objective.js';
import { tf } from '../tensor/tf.js';
import { disposeInputs, gradientsOf, inputsOf, lossOf, normal, objectiveSize, type Draw } from './objective.js';
import { allFinite, contextAt } from './probe.js';
import { unless, type Rule, type Subject } from './rule.js';

/** Rules for objectives in a collapse, or with inputs at their limits. */
export const collapseRules: readonly Rule<Objective>[] = [
  { name: 'stays finite for views at the limits, and so does its gradient', check: extremes },
  { name: 'declares the values of the loss in a collapse', check: trivialValues },
];

const oneHot: Draw = (_name, [rows, width]) => tf.tidy(() => tf.mul(1e4, tf.oneHot(tf.zeros([rows], 'int32'), width)));

/** Views, teachers and codes at their limits. */
const EXTREMES: readonly (readonly [name: string, draw: Draw])[] = [
  ['all zero', (_name, shape) => tf.zeros([...shape])],
  ['ten thousand times as large', (name, shape) => tf.tidy(() => tf.mul(normal(name, shape), 1e4))],
  ['nearly zero', (name, shape) => tf.tidy(() => tf.mul(normal(name, shape), 1e-20))],
  ['the same for all images', (name, shape) => tf.tidy(() => tf.tile(normal(name, [1, shape[1]]), [shape[0], 1]))],
  ['one-hot on the same prototype', oneHot],
  [
    'one-hot on different prototypes',
    (name, shape) => tf.tidy(() => tf.reverse(oneHot(name, shape), name.endsWith('0') ? [1] : [])),
  ],
];

function extremes(subject: Subject<Objective>): string[] {
  return EXTREMES.flatMap(([name, draw]) => {
    const objective = subject.make();
    const inputs = inputsOf(subject, objective, [objectiveSize(subject), draw]);
    const loss = lossOf(objective, inputs);
    const gradients = gradientsOf(objective, inputs);
    disposeInputs(inputs);
    return unless(
      [Number.isFinite(loss), `the loss is ${loss} for views that are ${name}`],
      [gradients.every(allFinite), `the gradient is not finite for views that are ${name}`],
    );
  });
}

/** Views of a collapsed network: constant over images and views. */
const COLLAPSED: readonly Draw[] = [(_name, shape) => tf.zeros([...shape]), oneHot, sameRow];

function sameRow(_name: string, [rows, width]: readonly [number, number]): Tensor2D {
  return tf.tidy(() => tf.tile(normal('row', [1, width]), [rows, 1]));
}

function trivialValues(subject: Subject<Objective>): string[] {
  const size = objectiveSize(subject);
  const values = subject.make().trivial(size, contextAt(0, 10));
  const wrong = values.flatMap(({ name, loss, advice }) =>
    unless(
      [Number.isFinite(loss), `the value for "${name}" is ${loss}`],
      [name !== '', 'a value has no name'],
      [advice !== '', `the value "${name}" has no advice`],
    ),
  );
  if (values.length === 0 || wrong.length > 0) return wrong;
  const losses = COLLAPSED.map(draw => {
    const objective = subject.make();
    const inputs = inputsOf(subject, objective, [size, draw]);
    const loss = lossOf(objective, inputs);
    disposeInputs(inputs);
    return loss;
  });
  const close = (a: number, b: number) => Math.abs(a - b) <= 0.003 * Math.max(Math.abs(b), 0.1);
  const met = losses.some(loss => values.some(value => close(loss, value.loss)));
  const [given, declared] = [losses.map(loss => loss.toPrecision(4)), values.map(value => value.loss.toPrecision(4))];
  return unless([met, `a collapsed network has a loss of ${given.join(' or ')}; declared: ${declared.join(', ')}`]);
}
