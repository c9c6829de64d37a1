import { defineComponent, linear, slots, type Encoder } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { Type } from 'typebox';

const options = Type.Object(
  {
    width: Type.Integer({ minimum: 1, default: 128, description: 'Width of the features.' }),
    cells: Type.Integer({
      minimum: 1,
      default: 7,
      description: 'Number of cells along each side of the image; a cell is the mean of its pixels.',
    }),
  },
  { additionalProperties: false },
);

/** Means of the cells of an image, then two linear layers with a ReLU between them. */
export const templateName = defineComponent(slots.encoder, {
  use: 'template-name',
  description: 'A small network on the mean values of the cells of an image.',
  options,
  create: ({ width, cells }): Encoder => {
    const layersFor = (channels: number) => ({
      first: linear('first', { inputs: cells * cells * channels, outputs: width, bias: true }),
      second: linear('second', { inputs: width, outputs: width, bias: true }),
    });
    return {
      featureDim: width,
      minimumSize: cells,
      weights: ([, , channels]) => Object.values(layersFor(channels)).flatMap(({ weights }) => weights),
      forward: (images, pass) => {
        const { first, second } = layersFor(images.shape[3]);
        return second.forward(tf.relu(first.forward(cellMeans(images, cells), pass)), pass);
      },
      cost: ([, , channels]) => [
        { stage: 'first', shape: [width], multiplyAdds: cells * cells * channels * width, activations: width },
        { stage: 'second', shape: [width], multiplyAdds: width * width, activations: width },
      ],
    };
  },
});

/** [B, height, width, C] -> [B, cells * cells * C] */
function cellMeans(images: Tensor4D, cells: number): tf.Tensor2D {
  const [batch, height, width] = images.shape;
  const size: [number, number] = [Math.floor(height / cells), Math.floor(width / cells)];
  const pooled = tf.avgPool<Tensor4D>(images, size, size, 'valid');
  const square = tf.slice4d(pooled, [0, 0, 0, 0], [batch, cells, cells, images.shape[3]]);
  return tf.reshape(square, [batch, cells * cells * images.shape[3]]);
}
