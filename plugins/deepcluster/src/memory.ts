import { tf, type BatchPlace, type Collective, type DataSize, type StateSpec, type TensorMap } from '@carl-ssl/core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

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
  /** Views whose embeddings are kept. */
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

/** The embeddings of an epoch, batch by batch; a memory that is given as one tensor is `embeddings` [N, D]. */
export interface Memory {
  /** [n, D] a batch. */
  embeddings(view: number): readonly Tensor2D[];
  /** [N] int32, index in the dataset of each embedding, in the same order. */
  readonly images: Tensor1D;
  /** A boolean: all batches are there. It stays on the device. */
  readonly complete: Scalar;
}

export function memoryIn(state: TensorMap): Memory {
  if ('embeddings' in state) {
    const given = state.embeddings as Tensor2D;
    return { embeddings: () => [given], images: tf.range(0, given.shape[0], 1, 'int32'), complete: tf.scalar(true) };
  }
  const batches = Object.keys(state).flatMap(name => /^images\.(\d+)$/.exec(name)?.[1] ?? []);
  const images = tf.concat(batches.map(batch => state[`images.${batch}`] as Tensor1D));
  return {
    embeddings: view => batches.map(batch => state[`embeddings.${view}.${batch}`] as Tensor2D),
    images,
    complete: tf.all(tf.greaterEqual(images, 0)),
  };
}

/** A table by image of the labels of the memory: `labels` [N] int32 a set -> [sets, images] int32. */
export function labelTable(
  labels: readonly Tensor1D[],
  { images, length }: { readonly images: Tensor1D; readonly length: number },
): Tensor2D {
  return tf.tidy(() => {
    // An image that is not there yet has the index -1; a table with such labels is not used.
    const places = tf.expandDims(tf.maximum(images, tf.scalar(0, 'int32')), 1);
    const one = tf.scalar(1, 'int32');
    // Images that the memory does not hold get 0 from the scatter, which then is -1.
    const tables = labels.map(own => tf.sub(tf.scatterND(places, tf.add(own, one), [length]), one));
    return tf.stack(tables) as Tensor2D;
  });
}
