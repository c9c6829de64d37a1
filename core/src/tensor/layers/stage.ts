import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Cost } from '../../contracts/cost.js';
import type { Encoder } from '../../contracts/encoder.js';
import { tf } from '../tf.js';
import { sequence, type Layer } from './layer.js';
import { globalMeanPool } from './pool.js';

/** A part of a module with an entry of its own in the module's cost. */
export interface Stage<T extends Tensor> {
  readonly name: string;
  readonly layer: Layer<T>;
}

/** Costs of stages one after another, for one input of the given shape without the batch dimension. */
export function stageCosts<T extends Tensor>(stages: readonly Stage<T>[], input: readonly number[]): Cost[] {
  let shape = input;
  return stages.map(({ name, layer }) => {
    const cost = layer.cost(shape);
    shape = cost.shape;
    return { stage: name, ...cost };
  });
}

/** Side of an image that is larger than the strides of all stages together. */
const SIDE = 256;

/**
 * Layers of an encoder of convolutional stages: the features of each stage are the mean over all pixels after it. `stagesOf`
 * takes the images' channels.
 */
export function pooledLayers(
  stagesOf: (channels: number) => readonly Stage<Tensor4D>[],
): Required<Pick<Encoder, 'layers' | 'layer'>> {
  const layers = stageCosts(stagesOf(1), [SIDE, SIDE, 1]).map(({ stage, shape }) => ({ name: stage, dim: shape[2] }));
  return {
    layers,
    layer: (name, images, pass) => {
      const count = 1 + layers.findIndex(layer => layer.name === name);
      const stages = stagesOf(images.shape[3]).slice(0, count);
      return tf.tidy(() => globalMeanPool(sequence(stages.map(({ layer }) => layer)).forward(images, pass)));
    },
  };
}
