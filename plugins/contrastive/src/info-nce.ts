import {
  crossPairs,
  defineComponent,
  kernels,
  meanOf,
  normalizeRows,
  oneHot,
  ownPlaces,
  slots,
  tf,
  Type,
  type Collective,
  type Objective,
  type ObjectiveInputs,
  type Static,
} from '@carl-ssl/core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import { queryAdvice } from './advice.js';
import { mocoCard } from './cards.js';
import { queueSize, symmetric, temperature } from './options.js';
import { push, ringOf, ringState } from './ring.js';

const options = Type.Object(
  {
    temperature: temperature(0.2),
    negatives: Type.Union([Type.Literal('queue'), Type.Literal('batch')], {
      default: 'queue',
      description:
        "queue: the teacher's embeddings of earlier batches (MoCo v1, v2). batch: the teacher's embeddings of the other images in the batch, without a queue (MoCo v3).",
    }),
    queueSize,
    queuePointer: Type.Integer({
      minimum: 0,
      default: 0,
      description: 'Row of the queue that the first batch overwrites.',
    }),
    symmetric,
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * MoCo's loss: the query, the first view's embedding [B, D], must find its key, the teacher's embedding of another
 * view, among negatives, by cosine over temperature. The keys then replace the oldest rows of the queue [M, D].
 * @see arXiv 1911.05722, algorithm 1; 2003.04297 (v2); 2104.02057, algorithm 1 (v3, up to its factor 2 T)
 */
export const infoNce = defineComponent(slots.objective, {
  use: 'info-nce',
  knownAs: ['MoCo', 'MoCo v2', 'MoCo v3'],
  description:
    "Each view must identify the teacher's embedding of another view among negatives from a queue or the batch (MoCo).",
  source: 'arXiv 1911.05722, 2003.04297, 2104.02057',
  card: mocoCard,
  options,
  requires: () => ['teacher'],
  check: ({ negatives, queueSize: size, ...o }, facts) =>
    queryAdvice('info-nce', negatives === 'queue' ? { ...o, queueSize: size } : o, facts),
  create: (o): Objective => ({
    state: ({ width }) => (o.negatives === 'queue' ? ringState('queue', [o.queueSize, width], o.queuePointer) : []),
    // The logits and the places of the keys, for each pair of a query and a key.
    matrices: ({ batchSize, views }) => [
      {
        rows: batchSize,
        columns: o.negatives === 'queue' ? o.queueSize + 1 : batchSize,
        count: 2 * (o.symmetric ? Math.max(1, views - 1) : 1),
      },
    ],
    compute: (inputs, { collective }) => {
      const pairs = pairsOf(inputs, o).map(pair => pair.map(side => normalizeRows(side)) as [Tensor2D, Tensor2D]);
      if (o.negatives === 'batch')
        return { loss: meanOf(pairs.map(pair => amongBatch(pair, o, collective))), parts: {} };
      const ring = ringOf('queue', inputs.tensors, o.queuePointer);
      const loss = meanOf(pairs.map(pair => amongQueue(pair, ring.rows, o)));
      const { rows, pointer } = push(ring, keysOf(inputs, o), collective);
      return { loss, parts: {}, nextState: { queue: rows, pointer } };
    },
    trivial: ({ batchSize }) => {
      const candidates = o.negatives === 'queue' ? o.queueSize + 1 : batchSize;
      return [{ name: 'every image has the same embedding', loss: Math.log(candidates), advice: ADVICE }];
    },
  }),
});

const ADVICE =
  'Lower optimizer.learningRate, raise teacher.momentum, and put batch norm into head.layers. At the start of training this value only means that nothing is learned yet.';

type Branches = Pick<ObjectiveInputs, 'outputs' | 'targets'>;
type Directions = Pick<Options, 'symmetric'>;

/** [query, key]: the first view and the teacher of the last global one, which is another view; or all directions. */
export function pairsOf({ outputs, targets }: Branches, { symmetric }: Directions) {
  if (symmetric && outputs.length > 1) return crossPairs(outputs, targets);
  const last = targets.length - 1;
  const query = last === 0 && outputs.length > 1 ? outputs[1] : outputs[0];
  return [[query, targets[last]] as const];
}

/** Unit keys that enter the queue, [B, D] each: one for each global view that any view learns from. */
export function keysOf({ targets }: Branches, { symmetric }: Directions): Tensor2D[] {
  return (symmetric ? targets : targets.slice(-1)).map(key => normalizeRows(key));
}

function amongQueue([query, key]: readonly [Tensor2D, Tensor2D], queue: Tensor2D, { temperature }: Options): Scalar {
  const positive = tf.sum<Tensor2D>(tf.mul(query, key), 1, true);
  const logits = tf.div<Tensor2D>(tf.concat([positive, tf.matMul(query, queue, false, true)], 1), temperature);
  const [batch, columns] = logits.shape;
  const first = oneHot(tf.zeros([batch], 'int32'), columns);
  return tf.mean(kernels.softmaxCrossEntropy(logits, first));
}

function amongBatch(
  [query, key]: readonly [Tensor2D, Tensor2D],
  { temperature }: Options,
  collective: Collective,
): Scalar {
  const [keys] = collective.allGather([key]);
  const logits = tf.div<Tensor2D>(tf.matMul(query, keys, false, true), temperature);
  return tf.mean(kernels.softmaxCrossEntropy(logits, ownPlaces(logits.shape[0], logits.shape[1], collective)));
}
