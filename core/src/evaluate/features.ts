import type { Encoder } from '../contracts/encoder.js';
import type { Pass } from '../contracts/weights.js';
import { toTensor, type HostImages } from '../data/host-images.js';
import { tf } from '../tensor/tf.js';

/** Maps a batch of images [B, height, width, channels] to features [B, D]. */
export interface FeatureMap {
  /** D. */
  readonly dim: number;
  apply(images: HostImages): Promise<Float32Array>;
}

/** The features of an encoder in evaluation mode: no random choices, and no image affects another. */
export function encoderFeatures(encoder: Encoder, pass: Pass): FeatureMap {
  return {
    dim: encoder.featureDim,
    apply: async images => {
      const features = tf.tidy(() => encoder.forward(toTensor(images), pass));
      const values = await features.data<'float32'>();
      features.dispose();
      return values;
    },
  };
}

/** The pixels of images of the given size: the baseline for every representation. */
export function pixelFeatures([height, width, channels]: readonly [number, number, number]): FeatureMap {
  return { dim: height * width * channels, apply: images => Promise.resolve(images.data) };
}
