import type { Encoder, Facts, Finding, Pass, Plugin, ViewSpec } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { Default } from 'typebox/value';
import { componentOf, difference, noise, passOver, slopes, weightsOf } from '../core/layers-support.js';

/** What a component says of a pipeline with views of the given sides, all global. */
export function findingsOf(plugin: Plugin, use: string, options: object, ...sides: number[]): readonly Finding[] {
  const { check, refuse, options: schema } = componentOf(plugin, use);
  const complete = Default(schema, { ...options }) as never;
  const refused = (refuse?.(complete) ?? []).map(one => ({ ...one, severity: 'error' as const }));
  const views = sides.map((side): ViewSpec => ({ kind: 'global', height: side, width: side }));
  return refused.length > 0 ? refused : (check?.(complete, { views } as unknown as Facts) ?? []);
}

export const multiplyAdds = (encoder: Encoder, shape: readonly [number, number, number]): number =>
  encoder.cost(shape).reduce((sum, cost) => sum + cost.multiplyAdds, 0);

/** Multiply-adds of the convolutions and matrix products that a forward pass really runs, for one image. */
export async function countedMultiplyAdds(encoder: Encoder, shape: readonly [number, number, number]): Promise<number> {
  const pass = passOver(weightsOf(encoder.weights(shape)), { training: false });
  const images = noise('images', [1, ...shape]) as Tensor4D;
  const { kernels } = await tf.profile(() => encoder.forward(images, pass));
  return kernels.reduce((sum, { name, inputShapes, outputShapes }) => {
    const size = tf.util.sizeFromShape(outputShapes[0]);
    const [first, second] = inputShapes;
    if (name === 'Conv2D') return sum + size * tf.util.sizeFromShape(second.slice(0, 3));
    if (name === 'DepthwiseConv2dNative') return sum + size * second[0] * second[1];
    // [batch, m, k] x [batch, k, n] -> [batch, m, n], either transposed.
    if (name === 'BatchMatMul') return sum + (size * tf.util.sizeFromShape(first)) / (size / outputShapes[0].at(-1)!);
    return sum;
  }, 0);
}

/** Fresh weights, each moved from its start so that none is zero or one throughout. */
export function movedWeights(encoder: Encoder, shape: readonly number[]): Record<string, Tensor> {
  const fresh = Object.entries(weightsOf(encoder.weights(shape)));
  return Object.fromEntries(fresh.map(([name, value]) => [name, tf.add(value, tf.mul(noise(name, value.shape), 0.3))]));
}

/** Checks that an image's features in evaluation are its own whatever else is in the batch. */
export function expectOwnFeatures(encoder: Encoder, images: Tensor4D): void {
  const pass = passOver(movedWeights(encoder, images.shape.slice(1)), { training: false });
  const whole = encoder.forward(images, pass);
  const alone = encoder.forward(tf.slice(images, 1, 1), pass);
  expect(whole.shape).to.deep.equal([images.shape[0], encoder.featureDim]);
  expect(difference(alone, tf.slice(whole, 1, 1))).to.be.below(1e-5);
}

/** Weights to differentiate by, values in place of random ones, and the step of the differences: small where curvature is high. */
interface GradientCheck {
  readonly of: readonly string[];
  readonly given?: Record<string, Tensor>;
  readonly step?: number;
}

/** Checks gradients of a weighted sum of the features in training by the named weights against central differences. */
export function expectGradients(
  encoder: Encoder,
  images: Tensor4D,
  { of: names, given = {}, step = 1e-2 }: GradientCheck,
): void {
  const weights = { ...movedWeights(encoder, images.shape.slice(1)), ...given };
  const cotangent = noise('cotangent', [images.shape[0], encoder.featureDim]);
  const pass: Pass = passOver(weights, { training: true });
  for (const name of names) {
    const loss = (value: Tensor): Scalar => {
      const weight = <T extends Tensor>(asked: string): T => (asked === name ? value : weights[asked]) as T;
      return tf.sum(tf.mul(encoder.forward(images, { ...pass, weight }), cotangent));
    };
    expect(difference(tf.grad(loss)(weights[name]), slopes(loss, weights[name], step)), name).to.be.below(1e-2);
  }
}
