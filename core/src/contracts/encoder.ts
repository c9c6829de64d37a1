import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { token } from './token.js';
import type { Cost } from './cost.js';
import type { Pass, Weighted } from './weights.js';

/** Features and tokens of images; T = grid height * grid width. */
export interface Tokens {
  /** h [B, D], as from {@link Encoder.forward}. */
  readonly feature: Tensor2D;
  /** [B, T, D], row by row. */
  readonly patches: Tensor3D;
  readonly grid: readonly [height: number, width: number];
}

/** A layer of an encoder whose features can be evaluated. */
export interface EncoderLayer {
  /** Option of evaluators and part of the names of their figures: `layer3`. */
  readonly name: string;
  /** Width of its features. */
  readonly dim: number;
}

/** Maps images to features h: [B, height, width, channels] -> [B, D]. `weights` takes [height, width, channels]. */
export interface Encoder extends Weighted {
  /** D, the width of the features. */
  readonly featureDim: number;
  /** Smallest height and width of images, in pixels. */
  readonly minimumSize: number;
  forward(images: Tensor4D, pass: Pass): Tensor2D;
  /**
   * Number of patches along the sides of images of the given size (capability `patch-tokens`). Patches that can be masked
   * do not overlap and cover the image. @throws CarlError SHAPE
   */
  grid?(height: number, width: number): Tokens['grid'];
  /**
   * Forward pass that also returns a token for every patch. Where `mask` [B, grid height, grid width] is not 0, a
   * learned token replaces the patch (capability `masked-tokens`).
   */
  tokens?(images: Tensor4D, pass: Pass, mask?: Tensor3D): Tokens;
  /** Layers with features of their own for evaluators, in the order of the network. Optional, together with {@link layer}. */
  readonly layers?: readonly EncoderLayer[];
  /** Features of the layer of this name: [B, dim]. */
  layer?(name: string, images: Tensor4D, pass: Pass): Tensor2D;
  /** Multiply-adds and activations of the forward pass of one image, stage by stage, for `carl plan`. */
  cost(input: readonly [height: number, width: number, channels: number]): readonly Cost[];
}
export const Encoder = token<Encoder>('Encoder');
