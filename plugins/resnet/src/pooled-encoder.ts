import { globalMeanPool, pooledLayers, sequence, stageCosts, tf, type Encoder, type Stage } from '@carl-ssl/core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

/** A network of convolutions as an encoder, up to and with the mean over all pixels. `stagesOf` takes the images' channels. */
export function pooledEncoder(featureDim: number, stagesOf: (channels: number) => readonly Stage<Tensor4D>[]): Encoder {
  const layers = (channels: number) => sequence(stagesOf(channels).map(({ layer }) => layer));
  return {
    featureDim,
    minimumSize: 1,
    weights: ([, , channels]) => layers(channels).weights,
    forward: (images, pass) => tf.tidy(() => globalMeanPool(layers(images.shape[3]).forward(images, pass))),
    ...pooledLayers(stagesOf),
    cost: input => [
      ...stageCosts(stagesOf(input[2]), input),
      { stage: 'pool', shape: [featureDim], multiplyAdds: 0, activations: featureDim },
    ],
  };
}
