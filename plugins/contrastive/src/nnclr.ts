import {
  constant,
  crossPairs,
  defineComponent,
  kernels,
  meanOf,
  normalizeRows,
  ownPlaces,
  slots,
  tf,
  Type,
  untracked,
  type Collective,
  type Objective,
  type Static,
} from '@carl-ssl/core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { queryAdvice } from './advice.js';
import { nnclrCard } from './cards.js';
import { queueSize, temperature } from './options.js';
import { push, ringOf, ringState } from './ring.js';

const options = Type.Object({ temperature: temperature(0.1), queueSize }, { additionalProperties: false });
type Options = Readonly<Static<typeof options>>;

/**
 * NNCLR over views with predictions [B, D] and their targets [B, D] (embeddings before the predictor, or a teacher's):
 * the nearest neighbour of target i in a bank [M, D] of earlier ones must find the prediction of the same image's view
 * j among those of the batch. Afterwards the first view's targets replace the oldest rows. The detail `neighbour.{i}`
 * is the row of the bank for every sample, [B].
 * @see arXiv 2104.14548, equations 2 and 3
 */
export const nnclr = defineComponent(slots.objective, {
  use: 'nnclr',
  description:
    'The nearest neighbour of a view in a queue of earlier embeddings must identify the prediction of the other view (NNCLR).',
  source: 'arXiv 2104.14548; solo-learn',
  card: nnclrCard,
  options,
  requires: () => ['predictor'],
  check: (o, facts) => queryAdvice('nnclr', o, facts),
  create: (o): Objective => ({
    state: ({ width }) => ringState('bank', [o.queueSize, width]),
    matrices: ({ batchSize, views }) => [
      { rows: batchSize, columns: batchSize, count: 2 * Math.max(1, views - 1) },
      { rows: batchSize, columns: o.queueSize, count: 1 },
    ],
    compute: ({ outputs, targets, tensors }, { collective }) => {
      const ring = ringOf('bank', tensors, 0);
      const bank = normalizeRows(constant(ring.rows));
      const projected = targets.map(target => normalizeRows(target));
      const nearest = projected.map(target => nearestRows(target, bank));
      const found = nearest.map(rows => pick(bank, rows));
      const predictions = outputs.map(view => normalizeRows(view));
      const losses = crossPairs(predictions, found).map(pair => find(pair, o, collective));
      const after = push(ring, [projected[0]], collective);
      return {
        loss: meanOf(losses),
        parts: {},
        nextState: { bank: after.rows, pointer: after.pointer },
        details: Object.fromEntries(nearest.map((rows, i) => [`neighbour.${i}`, rows])),
      };
    },
    trivial: ({ batchSize }) => [
      {
        name: 'every image has the same embedding',
        loss: Math.log(batchSize),
        advice:
          'Lower optimizer.learningRate, put batch norm into head.layers and predictor.layers, or raise objective.queueSize.',
      },
    ],
  }),
});

/** Rows of the bank by index, without gradient. */
const pick = untracked((bank: Tensor2D, rows: Tensor1D) => tf.gather(bank, rows));

/** The row of the bank with the largest cosine, [B] of int32; all rows have unit length. */
function nearestRows(rows: Tensor2D, bank: Tensor2D): Tensor1D {
  return tf.tidy(() => tf.argMax<Tensor1D>(tf.matMul(rows, bank, false, true), 1));
}

/** Mean cross-entropy of each neighbour to the prediction of the image it was found for. */
function find(
  [predictions, neighbours]: readonly [Tensor2D, Tensor2D],
  { temperature }: Options,
  collective: Collective,
): Scalar {
  const [candidates] = collective.allGather([predictions]);
  const logits = tf.div<Tensor2D>(tf.matMul(neighbours, candidates, false, true), temperature);
  return tf.mean(kernels.softmaxCrossEntropy(logits, ownPlaces(logits.shape[0], logits.shape[1], collective)));
}
