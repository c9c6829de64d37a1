import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Encoder } from '../contracts/encoder.js';
import type { Pass } from '../contracts/weights.js';
import { scope } from '../tensor/scope.js';
import { tf } from '../tensor/tf.js';
import { hidesPatches, inputOf, maskOf, moduleOfEncoder, passOver, withStore } from './module.js';
import { relativeDifference } from './probe.js';
import { unless, type Rule, type Subject } from './rule.js';

/** Rules for encoders that give a token for every patch, and for those that can mask patches. */
export const tokenRules: readonly Rule<Encoder>[] = [
  { name: 'gives tokens for its grid, and the same features as without tokens', check: tokensBesideFeatures },
  { name: 'does not depend on masked patches', check: maskedPatches },
];

async function tokensBesideFeatures(subject: Subject<Encoder>): Promise<string[]> {
  return withTokens(subject, (encoder, images, pass) => {
    const { feature, patches, grid } = encoder.tokens!(images, pass);
    const [batch, height, width] = images.shape;
    const declared = encoder.grid?.(height, width);
    const [shape, wanted] = [patches.shape, [batch, grid[0] * grid[1], encoder.featureDim]];
    const difference = relativeDifference(feature.dataSync(), encoder.forward(images, pass).dataSync());
    return unless(
      [shape.join() === wanted.join(), `the tokens are [${shape.join(', ')}]; declared: [${wanted.join(', ')}]`],
      [
        declared?.join() === grid.join(),
        `\`grid\` says ${declared?.join(' x ') ?? 'nothing'}, the tokens ${grid.join(' x ')}`,
      ],
      [difference < 1e-5, `the features beside the tokens differ from those without by ${difference.toPrecision(2)}`],
    );
  });
}

/** With every patch masked, all images give the same features; with none masked, a mask has no effect. */
async function maskedPatches(subject: Subject<Encoder>): Promise<string[]> {
  if (!hidesPatches(subject)) return [];
  return withTokens(subject, (encoder, images, pass) => {
    const mask = (value: number): Tensor3D => maskOf(encoder, images, () => value);
    const [first, second] = tf.split<tf.Tensor2D>(encoder.tokens!(images, pass, mask(1)).feature, 2);
    const same = relativeDifference(first.dataSync(), second.dataSync());
    const without = encoder.tokens!(images, pass).patches.dataSync();
    const unmasked = relativeDifference(encoder.tokens!(images, pass, mask(0)).patches.dataSync(), without);
    return unless(
      [same < 1e-5, `with all patches masked, features of two images still differ by ${same.toPrecision(2)}`],
      [unmasked < 1e-5, `a mask of zeros changes the tokens by ${unmasked.toPrecision(2)}`],
    );
  });
}

async function withTokens(
  subject: Subject<Encoder>,
  work: (encoder: Encoder, images: Tensor4D, pass: Pass) => string[],
): Promise<string[]> {
  const encoder = subject.make();
  if (!encoder.tokens) return [];
  const module = moduleOfEncoder(subject);
  return withStore(module, store => {
    const images = inputOf(module, 2) as Tensor4D;
    const problems = scope(() => work(encoder, images, passOver(store, false)));
    images.dispose();
    return problems;
  });
}
