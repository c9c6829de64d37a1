/**
 * Memory and time of losses over many prototypes, all rows at once and in chunks, alternately in one process on TensorFlow:
 * scores, loss, and gradients of embeddings and prototypes.
 *
 *     npx tsx benchmarks/memory/prototypes.ts [images] [prototypes] [objective ...]
 */
import tensorflow from '@carl-ssl/backend-tensorflow';
import carl from '@carl-ssl/carl';
import carp from '@carl-ssl/carp';
import { constant, type Assigner, type Objective, type ObjectiveInputs, type Pass } from '@carl-ssl/core';
import {
  allocationTrace,
  differentiate,
  singleProcess,
  useKernels,
  withBatchShare,
  withEarlyRelease,
} from '@carl-ssl/core/testing';
import dino from '@carl-ssl/dino';
import massl from '@carl-ssl/massl';
import msn from '@carl-ssl/msn';
import swav from '@carl-ssl/swav';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { contextAt, workbench } from '../../test/plugins/objective-support.js';

const [images, prototypes] = [Number(process.argv[2] ?? 256), Number(process.argv[3] ?? 65_536)];
/** All by default. */
const chosen = process.argv.slice(4);
const WIDTH = 64;
const PAIRS = 3;
/** So large a share of a batch that nothing is computed in chunks. */
const AT_ONCE = 2 ** 20;

interface Case {
  readonly use: string;
  readonly views: number;
  /** Views whose scores a teacher gives. */
  readonly targets?: number;
  /** Makes logits and codes of embeddings; without it, inner products are the logits. */
  readonly assigner?: string;
}

const CASES: readonly Case[] = [
  { use: 'carl', views: 2 },
  { use: 'carl', views: 4 },
  { use: 'carp', views: 2, targets: 2 },
  { use: 'carp', views: 8, targets: 2 },
  { use: 'dino', views: 2, targets: 2 },
  { use: 'dino', views: 8, targets: 2 },
  { use: 'dino', views: 2, assigner: 'centering' },
  { use: 'massl', views: 2, targets: 2 },
  { use: 'massl', views: 8, targets: 2 },
  { use: 'msn', views: 4, targets: 2 },
  { use: 'msn', views: 8, targets: 2 },
  { use: 'swav', views: 2 },
  { use: 'swav', views: 8 },
  { use: 'swav', views: 2, assigner: 'sinkhorn' },
];

const backend = tensorflow.components[0].create({ threads: null, oneDNN: true }, {});
useKernels(await backend.activate());
const bench = workbench(carl, carp, dino, massl, msn, swav);
const context = contextAt();
const random = (rows: number, columns: number): Tensor2D => tf.randomNormal([rows, columns]);

/** Outputs and codes of an assigner with the given prototypes. */
function assignedBy(
  use: string,
  weight: Tensor2D,
): (views: readonly Tensor2D[]) => Pick<ObjectiveInputs, 'outputs' | 'codes'> {
  const assigner: Assigner = bench.make('assigner', { use, count: prototypes });
  const pass = {
    training: true,
    collective: singleProcess,
    weight: () => weight,
    note: () => undefined,
  } as never as Pass;
  const state = { center: tf.zeros([prototypes]) };
  return views => {
    const { assigned } = assigner.assign(views, pass, state, context);
    return {
      outputs: assigned.map(({ logits }) => logits),
      codes: assigned.flatMap(({ code }) => (code ? [constant(code)] : [])),
    };
  };
}

const rows = CASES.filter(({ use }) => chosen.length === 0 || chosen.includes(use)).map(
  ({ use, views, targets = 0, assigner }) => {
    const objective: Objective = bench.make('objective', { use, ...(use === 'msn' && { inputs: 'scores' }) });
    const weight = random(prototypes, WIDTH);
    const embeddings = Array.from({ length: views }, () => random(images, WIDTH));
    const score = (rows: Tensor2D): Tensor2D => tf.matMul(rows, weight, false, true);
    const given = embeddings.slice(0, targets).map(score);
    const tensors = { center: tf.zeros([prototypes]) as Tensor1D };
    const assign = assigner
      ? assignedBy(assigner, weight)
      : (all: Tensor2D[]) => ({ outputs: all.map(score), codes: [] });
    const loss = (): Scalar => objective.compute({ ...assign(embeddings), targets: given, tensors }, context).loss;
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
    return {
      use: assigner ? `${use}, ${assigner}` : use,
      views,
      whole: rounded(whole),
      chunks: rounded(chunks),
      time: rounded(ratios[PAIRS >> 1]),
    };
  },
);
process.stdout.write(`matrices [${images}, ${prototypes}] at the peak, and time in chunks over time at once:\n`);
console.table(rows);
