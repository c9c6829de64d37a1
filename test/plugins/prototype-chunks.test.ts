import carl from '@carl-ssl/carl';
import type { Objective, ObjectiveInputs } from '@carl-ssl/core';
import { allocationTrace, differentiate, withBatchShare, withEarlyRelease } from '@carl-ssl/core/testing';
import dino from '@carl-ssl/dino';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { onCpuInScope } from '../cpu-scope.js';
import { contextAt, inputsOf, noise, workbench } from './objective-support.js';

const bench = workbench(carl, dino);
const [IMAGES, PROTOTYPES] = [24, 700];
const MATRIX = 4 * IMAGES * PROTOTYPES;
/** A share of a batch so small that few rows are computed at a time. */
const SHARE = 2 ** -10;

const logitsOf = (name: string, count: number): Tensor2D[] =>
  Array.from({ length: count }, (_, i) => noise(`${name} ${i}`, IMAGES, PROTOTYPES));

/** Loss and gradients by the outputs, and the most matrices [B, K] at a time with them, without the given ones. */
function measured(objective: Objective, inputs: ObjectiveInputs, share: number) {
  let numbers: number[][] = [];
  const trace = allocationTrace(() =>
    tf.tidy(() => {
      const compute = () => objective.compute(inputs, contextAt()).loss;
      const { value, gradients } = withBatchShare(share, () =>
        withEarlyRelease(() => differentiate(compute, [...inputs.outputs])),
      );
      numbers = [value, ...gradients].map(tensor => [...tensor!.dataSync()]);
    }),
  );
  return { numbers, matrices: Math.max(...trace) / MATRIX };
}

/** Checks that numbers at once and in chunks are equal but for rounding; returns the most matrices at a time. */
function compared(objective: Objective, inputs: ObjectiveInputs): Readonly<Record<'whole' | 'chunks', number>> {
  const [whole, chunks] = [1, SHARE].map(share => measured(objective, inputs, share));
  chunks.numbers.forEach((numbers, i) => {
    const differences = numbers.map((value, j) => Math.abs(value - whole.numbers[i][j]));
    const scale = Math.max(...whole.numbers[i].map(Math.abs));
    expect(Math.max(...differences)).to.be.below(1e-4 * scale);
  });
  return { whole: whole.matrices, chunks: chunks.matrices };
}

describe('losses over many prototypes', () => {
  onCpuInScope();

  /** Matrices that remain in chunks: the gradients, parts of one of them, and a chunk. */
  const cases = [
    { name: 'carl', use: 'carl', views: 2, most: 4.5 },
    { name: 'carl with four views', use: 'carl', views: 4, most: 6.5 },
    { name: 'carl with stopGradient', use: 'carl', stopGradient: true, views: 2, most: 4.5 },
    { name: 'carl with a teacher', use: 'carl', views: 2, targets: 2, most: 4.5 },
    { name: 'carl with codes', use: 'carl', views: 3, codes: 2, most: 5.5 },
    { name: 'dino', use: 'dino', views: 2, targets: 2, most: 4.5 },
    { name: 'dino with small crops', use: 'dino', views: 6, targets: 2, most: 8.5 },
    { name: 'dino with codes', use: 'dino', views: 3, codes: 2, most: 5.5 },
  ];
  for (const { name, views, targets = 0, codes = 0, most, ...options } of cases)
    it(`have the same value and gradients in chunks, in less memory: ${name}`, () => {
      const objective: Objective = bench.make('objective', options);
      const inputs = inputsOf(logitsOf('view', views), {
        targets: logitsOf('target', targets),
        codes: logitsOf('code', codes).map(code => tf.softmax(code)),
        tensors: { center: tf.squeeze(noise('center', 1, PROTOTYPES), [0]) },
      });
      const { whole, chunks } = compared(objective, inputs);
      expect(chunks)
        .to.be.below(most)
        .and.below(whole / 2);
    });

  it('have the same value and gradients in chunks, in less memory: ibot', () => {
    const [[output], [target]] = [logitsOf('patch', 1), logitsOf('target', 1)];
    const places = tf.range(0, IMAGES, 1, 'int32');
    const mask = tf.ones<tf.Rank.R3>([IMAGES / 4, 2, 2], 'int32');
    const masked = { output, target, places, mask, pixels: tf.zeros<tf.Rank.R2>([IMAGES, 1]) };
    const tensors = { center: tf.zeros([PROTOTYPES]) };
    const objective: Objective = bench.make('objective', { use: 'ibot' });
    const { whole, chunks } = compared(objective, { outputs: [output], targets: [], codes: [], tensors, masked });
    expect(chunks)
      .to.be.below(2.6)
      .and.below(whole / 1.5);
  });
});
