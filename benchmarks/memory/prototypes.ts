/**
 * Memory and time of losses over many prototypes, all rows at once and in chunks, alternately in one process on TensorFlow:
 * scores, loss, and gradients of embeddings and prototypes.
 *
 *     npx tsx benchmarks/memory/prototypes.ts [images] [prototypes]
 */
import tensorflow from '@carl-ssl/backend-tensorflow';
import carl from '@carl-ssl/carl';
import type { Objective, StepContext } from '@carl-ssl/core';
import {
  allocationTrace,
  differentiate,
  singleProcess,
  useKernels,
  withBatchShare,
  withEarlyRelease,
} from '@carl-ssl/core/testing';
import dino from '@carl-ssl/dino';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { workbench } from '../../test/plugins/objective-support.js';

const [images, prototypes] = [Number(process.argv[2] ?? 256), Number(process.argv[3] ?? 65_536)];
const WIDTH = 64;
const PAIRS = 3;
/** So large a share of a batch that nothing is computed in chunks. */
const AT_ONCE = 2 ** 20;

const CASES = [
  { use: 'carl', views: 2, targets: 0 },
  { use: 'carl', views: 4, targets: 0 },
  { use: 'dino', views: 2, targets: 2 },
  { use: 'dino', views: 8, targets: 2 },
];

const backend = tensorflow.components[0].create({ threads: null, oneDNN: true }, {});
useKernels(await backend.activate());
const bench = workbench(carl, dino);
const context: StepContext = {
  ...{ step: 0, steps: 1, epoch: 0, stepsPerEpoch: 1, collective: singleProcess, note: () => undefined },
  random: undefined as never,
};
const random = (rows: number, columns: number): Tensor2D => tf.randomNormal([rows, columns]);

const rows = CASES.map(({ use, views, targets }) => {
  const objective: Objective = bench.make('objective', { use });
  const weight = random(prototypes, WIDTH);
  const embeddings = Array.from({ length: views }, () => random(images, WIDTH));
  const score = (rows: Tensor2D): Tensor2D => tf.matMul(rows, weight, false, true);
  const given = embeddings.slice(0, targets).map(score);
  const tensors = { center: tf.zeros([prototypes]) as Tensor1D };
  const loss = (): Scalar =>
    objective.compute({ outputs: embeddings.map(score), targets: given, codes: [], tensors }, context).loss;
  const step = (share: number): void =>
    tf.tidy(() => {
      withBatchShare(share, () => withEarlyRelease(() => differentiate(loss, [...embeddings, weight])));
    });
  const matrix = 4 * images * prototypes;
  // The targets' scores are made before.
  const matrices = (share: number): number =>
    allocationTrace(() => step(share)).reduce((most, bytes) => Math.max(most, bytes), 0) / matrix + targets;
  const milliseconds = (share: number): number => {
    const start = performance.now();
    step(share);
    return performance.now() - start;
  };
  const [whole, chunks] = [matrices(AT_ONCE), matrices(1)];
  const ratios = Array.from({ length: PAIRS }, () => milliseconds(1) / milliseconds(AT_ONCE)).sort((a, b) => a - b);
  tf.dispose([weight, ...embeddings, ...given, tensors.center]);
  const rounded = (value: number): number => Math.round(value * 10) / 10;
  return { use, views, whole: rounded(whole), chunks: rounded(chunks), time: rounded(ratios[PAIRS >> 1]) };
});
process.stdout.write(`matrices [${images}, ${prototypes}] at the peak, and time in chunks over time at once:\n`);
console.table(rows);
