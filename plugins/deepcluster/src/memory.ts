import type { BatchPlace, Collective, DataSize, StateSpec, TensorMap } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/**
 * The unit embeddings of an epoch in the order of its batches, those of all workers, one buffer a batch, so that a step
 * writes one batch and not all of them: `embeddings.{view}.{batch}` [N, D], with `images.{batch}` [N], the indices of the
 * images in the dataset or -1. `labels` [sets, images]: the cluster of each image in each set of prototypes, -1 before the
 * first clustering.
 */
export function memoryState(size: MemorySize): StateSpec[] {
  const { sets, views, dim, batchSize, data } = size;
  const specs: StateSpec[] = [{ name: 'labels', shape: [sets, data.images], dtype: 'int32', initial: -1 }];
  for (let batch = 0; batch < data.batches; batch++) {
    specs.push({ name: `images.${batch}`, shape: [batchSize], dtype: 'int32', initial: -1 });
    for (let view = 0; view < views; view++) {
      specs.push({ name: `embeddings.${view}.${batch}`, shape: [batchSize, dim], dtype: 'float32', initial: 0 });
    }
  }
  return specs;
}

export interface MemorySize {
  /** Sets of prototypes. */
  readonly sets: number;
  /** Views that are remembered. */
  readonly views: number;
  readonly dim: number;
  readonly batchSize: number;
  readonly data: DataSize;
}

/** New values of the buffers of a batch: the unit embeddings of all workers, of which this one has [B, D] a view. */
export function remembered(
  views: readonly Tensor2D[],
  { number, globalImages }: BatchPlace,
  collective: Collective,
): Record<string, Tensor> {
  const embeddings = collective.allGather(views).map((view, i) => [`embeddings.${i}.${number}`, view] as const);
  return { ...Object.fromEntries(embeddings), [`images.${number}`]: tf.tensor1d([...globalImages], 'int32') };
}

/** What has been remembered, batch by batch; a memory given as a whole is `embeddings` [N, D]. */
export interface Remembered {
  /** [n, D] a batch. */
  embeddings(view: number): readonly Tensor2D[];
  /** Place in the dataset of each embedding, in the same order. */
  readonly images: Int32Array;
}

export function rememberedIn(state: TensorMap): Remembered {
  if ('embeddings' in state) {
    const whole = state.embeddings as Tensor2D;
    return { embeddings: () => [whole], images: Int32Array.from({ length: whole.shape[0] }, (_, i) => i) };
  }
  const places = Object.keys(state).flatMap(name => /^images\.(\d+)$/.exec(name)?.[1] ?? []);
  const filled = places
    .map(place => ({ place, images: state[`images.${place}`].dataSync() }))
    .filter(({ images }) => images[0] >= 0);
  return {
    embeddings: view => filled.map(({ place }) => state[`embeddings.${view}.${place}`] as Tensor2D),
    images: Int32Array.from(filled.flatMap(({ images }) => [...images])),
  };
}

/** A table by image of the labels of the memory: `labels` [N] int32 a set -> [sets, images] int32. */
export function labelTable(
  labels: readonly Tensor1D[],
  { images, length }: { readonly images: Int32Array; readonly length: number },
): Tensor2D {
  const table = new Int32Array(labels.length * length).fill(-1);
  labels.forEach((own, set) => {
    const values = own.dataSync();
    images.forEach((image, i) => (table[set * length + image] = values[i]));
  });
  return tf.tensor2d(table, [labels.length, length], 'int32');
}
