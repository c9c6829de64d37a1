import carl from '@carl-ssl/carl';
import carp from '@carl-ssl/carp';
import type { Assigner, Objective, ObjectiveInputs } from '@carl-ssl/core';
import {
  allocationTrace,
  differentiate,
  singleProcess,
  WeightStore,
  withBatchShare,
  withEarlyRelease,
} from '@carl-ssl/core/testing';
import dino from '@carl-ssl/dino';
import massl from '@carl-ssl/massl';
import msn from '@carl-ssl/msn';
import swav from '@carl-ssl/swav';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { onCpuInScope } from '../cpu-scope.js';
import { contextAt, inputsOf, noise, workbench } from './objective-support.js';

const bench = workbench(carl, carp, dino, massl, msn, swav);
const [IMAGES, PROTOTYPES] = [24, 700];
const MATRIX = 4 * IMAGES * PROTOTYPES;
/** A share of a batch so small that few rows are computed at a time. */
const SHARE = 2 ** -10;

const logitsOf = (name: string, count: number): Tensor2D[] =>
  Array.from({ length: count }, (_, i) => noise(`${name} ${i}`, IMAGES, PROTOTYPES));

/** Loss and gradients by the outputs, and matrices [B, K] besides the given ones: the most at a time, and as the objective counts them. */
function measured(objective: Objective, inputs: ObjectiveInputs, share: number) {
  const { outputs } = inputs;
  const size = { batchSize: IMAGES, views: outputs.length, width: PROTOTYPES };
  return withBatchShare(share, () => {
    let numbers: number[][] = [];
    const trace = allocationTrace(() =>
      tf.tidy(() => {
        const compute = () => objective.compute(inputs, contextAt()).loss;
        const { value, gradients } = withEarlyRelease(() => differentiate(compute, [...outputs]));
        numbers = [value, ...gradients].flatMap(tensor => (tensor ? [[...tensor.dataSync()]] : []));
      }),
    );
    const counted = objective.matrices?.(size).reduce((sum, one) => sum + 4 * one.rows * one.columns * one.count, 0);
    return { numbers, matrices: Math.max(...trace) / MATRIX, counted: (counted ?? 0) / MATRIX };
  });
}

/** Checks that numbers at once and in chunks are equal but for rounding, and no more matrices counted than there are. */
function compared(objective: Objective, inputs: ObjectiveInputs): Readonly<Record<'whole' | 'chunks', number>> {
  const [whole, chunks] = [1, SHARE].map(share => measured(objective, inputs, share));
  chunks.numbers.forEach((numbers, i) => {
    const differences = numbers.map((value, j) => Math.abs(value - whole.numbers[i][j]));
    const scale = Math.max(...whole.numbers[i].map(Math.abs));
    expect(Math.max(...differences)).to.be.below(1e-4 * scale);
  });
  for (const { counted, matrices } of [whole, chunks]) expect(counted).to.be.below(matrices);
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
    { name: 'dino', use: 'dino', views: 2, targets: 2, most: 3.5 },
    { name: 'dino with small crops', use: 'dino', views: 6, targets: 2, most: 7.5 },
    { name: 'dino with codes', use: 'dino', views: 3, codes: 2, most: 4.5 },
    { name: 'swav', use: 'swav', views: 2, most: 6.5 },
    { name: 'swav with small crops', use: 'swav', views: 6, most: 8.5 },
    { name: 'swav with a teacher', use: 'swav', views: 2, targets: 2, most: 6.5 },
    { name: 'swav with codes', use: 'swav', views: 3, codes: 2, most: 4.5 },
    { name: 'msn', use: 'msn', inputs: 'scores', views: 3, targets: 2, most: 5.5 },
    {
      name: 'msn with two target views',
      use: 'msn',
      inputs: 'scores',
      targetViews: 2,
      views: 3,
      targets: 2,
      most: 6.5,
    },
    { name: 'msn without balancing', use: 'msn', inputs: 'scores', iterations: 0, views: 2, targets: 2, most: 4.5 },
    { name: 'pmsn', use: 'pmsn', inputs: 'scores', views: 2, targets: 2, most: 5.5 },
    { name: 'carp', use: 'carp', partitionSize: 64, views: 2, targets: 2, most: 4.5 },
    { name: 'carp with small crops', use: 'carp', partitionSize: 64, views: 6, targets: 2, most: 9 },
    { name: 'carp with codes', use: 'carp', partitionSize: 64, views: 2, codes: 2, most: 4.5 },
    { name: 'massl', use: 'massl', blockSize: 64, views: 2, targets: 2, most: 3.5 },
    { name: 'massl with small crops', use: 'massl', blockSize: 64, views: 6, targets: 2, most: 7.5 },
    { name: 'massl with codes', use: 'massl', blockSize: 64, views: 2, codes: 2, most: 3.5 },
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

  const assigners = [
    { name: 'centering', use: 'centering' },
    { name: 'sinkhorn', use: 'sinkhorn' },
    { name: 'sinkhorn with a queue', use: 'sinkhorn', queueLength: 4 },
  ];
  for (const { name, ...options } of assigners)
    it(`have codes that are the same in chunks, made in less memory: ${name}`, () => {
      const views = logitsOf('view', 2);
      const state = {
        center: tf.squeeze<Tensor1D>(noise('center', 1, PROTOTYPES), [0]),
        ...('queueLength' in options && { queue: tf.reshape(noise('queue', 8, PROTOTYPES), [2, 4, PROTOTYPES]) }),
      };
      const assigner: Assigner = bench.make('assigner', options);
      const pass = new WeightStore().pass('prototypes', true, singleProcess);
      const [whole, chunks] = [1, SHARE].map(share => {
        let codes: number[] = [];
        const trace = allocationTrace(() =>
          tf.tidy(() => {
            const { assigned } = withBatchShare(share, () => assigner.assign(views, pass, state, contextAt()));
            codes = assigned.flatMap(({ code }) => [...code!.dataSync()]);
          }),
        );
        return { codes, matrices: Math.max(...trace) / MATRIX };
      });
      chunks.codes.forEach((code, i) => expect(code).to.be.closeTo(whole.codes[i], 1e-5));
      expect(chunks.matrices).to.be.below(whole.matrices);
    });
});
