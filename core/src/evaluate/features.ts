import type { Augmenter } from '../contracts/augmenter.js';
import type { Collective } from '../contracts/collective.js';
import type { ImageSet } from '../contracts/image-set.js';
import type { Encoder } from '../contracts/encoder.js';
import type { FeatureSet } from '../contracts/evaluator.js';
import * as tf from '@tensorflow/tfjs-core';
import type { WeightStore } from '../tensor/weight-store.js';
import { packed, toTensor, type HostImages } from '../data/host-images.js';

/** Images that go through the encoder at once. */
const BATCH = 200;

/** Maps a batch of images to one row of numbers each: [B, height, width, channels] -> [B, D]. */
export type Describe = (images: HostImages) => Promise<Float32Array>;

/** The encoder with the weights of a store, with running statistics: nothing random, one image does not see another. */
export function encoderFeatures(encoder: Encoder, store: WeightStore, collective: Collective): Describe {
  return async images => {
    const features = tf.tidy(() => encoder.forward(toTensor(images), store.pass('encoder', false, collective)));
    const values = await features.data<'float32'>();
    features.dispose();
    return values;
  };
}

/** The pixels themselves: what a representation must beat. */
export const pixelFeatures: Describe = images => Promise.resolve(images.data);

/** Features of all images of a split, in its order. */
export async function featuresOf(describe: Describe, images: ImageSet, augmenter: Augmenter): Promise<FeatureSet> {
  const rows: Float32Array[] = [];
  for (let start = 0; start < images.length; start += BATCH) {
    const indices = Array.from({ length: Math.min(BATCH, images.length - start) }, (_, i) => start + i);
    const batch = (await images.read(indices)).map(image => augmenter.plain(image));
    rows.push(await describe(packed(batch)));
  }
  const features = joined(rows);
  return { features, length: images.length, dim: features.length / images.length, labels: images.labels };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
