import {
  constant,
  defineComponent,
  normal,
  normalizeRows,
  slots,
  tf,
  Type,
  untracked,
  type Assigner,
  type Pass,
  type Random,
  type Static,
  type StepContext,
  type TensorMap,
} from '@carl-ssl/core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkSphericalKMeans } from './advice.js';
import { sphericalKMeans, type Clustering } from './clustering.js';
import { clusterCode } from './cluster-code.js';
import { labelTable, memoryIn, memoryState, remembered, type Memory } from './memory.js';

const clusterCount = Type.Integer({ minimum: 2 });

const options = Type.Object(
  {
    clusters: Type.Union([clusterCount, Type.Array(clusterCount, { minItems: 1, maxItems: 16 })], {
      default: 256,
      description: 'Number of clusters K, or a list with one number for each of several sets of prototypes.',
    }),
    iterations: Type.Integer({
      minimum: 1,
      maximum: 1000,
      default: 10,
      description: 'k-means iterations at the start of each epoch.',
    }),
    temperature: Type.Number({
      exclusiveMinimum: 0,
      default: 0.1,
      description: 'Scores are divided by it for the prediction; lower values are sharper.',
    }),
    assignedViews: Type.Integer({
      minimum: 1,
      default: 2,
      description:
        'Number of views whose embeddings are stored, counted from the first. Set h of prototypes clusters view h modulo this number.',
    }),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * DeepCluster v2's assigner: keeps the embeddings of an epoch and clusters them at the start of the next one by spherical
 * k-means. The centroids are the prototypes of that epoch, without gradient; an image's code is its cluster.
 * @see arXiv 2006.09882, appendix: DeepCluster-v2
 */
export const sphericalKMeansAssigner = defineComponent(slots.assigner, {
  use: 'spherical-kmeans',
  description:
    'Spherical k-means between epochs on all embeddings of the previous epoch; the centroids are the prototypes.',
  source: 'arXiv 2006.09882 (DeepCluster-v2), arXiv 1807.05520; github.com/facebookresearch/swav',
  options,
  provides: () => ['codes', 'prototypes'],
  temperature: o => ({ option: 'temperature', value: o.temperature }),
  check: (o, facts) => checkSphericalKMeans({ ...o, counts: clusterCounts(o) }, facts),
  create: createSphericalKMeans,
});

/** K of every set. */
function clusterCounts({ clusters }: Pick<Options, 'clusters'>): readonly number[] {
  return typeof clusters === 'number' ? [clusters] : clusters;
}

function createSphericalKMeans(o: Options): Assigner {
  const counts = clusterCounts(o);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return {
    needsMemoryPass: true,
    ...(counts.length > 1 && { segments: counts }),
    prototypeCount: () => total,
    prototypes: pass => pass.weight<Tensor2D>('weight'),
    weights: ([dim]) => [
      {
        name: 'weight',
        shape: [total, dim],
        initialize: normal(1 / Math.sqrt(dim)),
        trainable: false,
        layout: 'plain',
      },
    ],
    state: (dim, batchSize, data = { images: batchSize, batches: 1 }) =>
      memoryState({ sets: counts.length, views: o.assignedViews, dim, batchSize, data }),
    prepare: (pass, state, context) =>
      context.step % context.stepsPerEpoch === 0 ? cluster(pass, { state, context, o }) : undefined,
    assign: (views, pass, state, context) => {
      const units = views.map(view => normalizeRows(view));
      const scores = units.map(unit => tf.matMul<Tensor2D>(unit, pass.weight<Tensor2D>('weight'), false, true));
      const code = untracked((...own: Tensor2D[]) =>
        clusterCode(own, { counts, labels: state.labels as Tensor2D, place: context.batch }),
      );
      const codes = code(...scores.slice(0, o.assignedViews));
      const assigned = scores.map(own => ({ logits: tf.div<Tensor2D>(own, o.temperature), code: tf.clone(codes) }));
      const { batch } = context;
      if (!batch || !(`images.${batch.number}` in state)) return { assigned };
      const own = units.slice(0, o.assignedViews).map(unit => constant(unit));
      return { assigned, nextState: remembered(own, batch, context.collective) };
    },
  };
}

interface ClusterInputs {
  readonly state: TensorMap;
  readonly context: StepContext;
  readonly o: Options;
}

/** Clusters the memory once for each set of prototypes. Centroids and labels remain if the memory is not complete. */
function cluster(pass: Pass, { state, context, o }: ClusterInputs): Record<string, tf.Tensor> {
  return tf.tidy(() => {
    const memory = memoryIn(state);
    const { images, complete } = memory;
    const found = clusterCounts(o).map((count, set) =>
      clusterSet(memory, { count, view: set % o.assignedViews }, { state, context, o }),
    );
    const centroids = tf.concat(found.map(one => one.centroids));
    pass.update('weight', tf.where(complete, centroids, pass.weight<Tensor2D>('weight')));
    const { labels: before } = state;
    const length = before?.shape[1] ?? images.size;
    const labels = labelTable(
      found.map(one => one.labels),
      { images, length },
    );
    return { labels: before ? tf.where(complete, labels, before) : labels };
  });
}

function clusterSet(
  memory: Memory,
  { count, view }: { count: number; view: number },
  { state, context, o }: ClusterInputs,
): Clustering {
  const parts = memory.embeddings(view);
  const drawn = () => tf.tensor1d(startRows(context.random, memory.images.size, count), 'int32');
  const rows = (state.start as Tensor1D | undefined) ?? drawn();
  return sphericalKMeans(parts, tf.gather(tf.concat([...parts]), rows), o.iterations);
}

/** Rows of the first centroids: different ones, as far as there are enough. */
function startRows(random: Random, size: number, count: number): Int32Array {
  const order = random.permutation(size);
  return Int32Array.from({ length: count }, (_, i) => order[i % size]);
}
