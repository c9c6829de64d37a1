import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Passes } from './model.js';
import { tokensAt, type Masking } from './masked-patches.js';
import type { Network } from './network.js';

/** What the learning branch or the teacher makes of the views, one tensor a view. */
export interface Embedded {
  /** h [B, D]. */
  readonly features: readonly Tensor2D[];
  /** z [B, E]. */
  readonly embeddings: readonly Tensor2D[];
  /** z [M, E] of the hidden patches, where there are such. */
  readonly hidden?: Tensor2D;
}

/** How views go through. */
export interface ForwardOptions {
  readonly passes: Passes;
  readonly forward: 'joint' | 'separate';
  /** Patches of the global views, all views of `hiding.mask`, whose tokens are wanted; and whether these are masked. */
  readonly hiding?: Masking;
  readonly masked?: boolean;
}

/**
 * Encoder and head over all views. `joint`: views of one size go through the encoder in one batch, and all features
 * through the head in one batch, so they share batch statistics. `separate`: one view after the other.
 */
export function embed(
  network: Pick<Network, 'encoder' | 'head'>,
  views: readonly Tensor4D[],
  way: ForwardOptions,
): Embedded {
  const { passes, forward, hiding } = way;
  const encode = (images: Tensor4D): Tensor2D => network.encoder.forward(images, passes.encoder);
  const project = (features: Tensor2D): Tensor2D => network.head?.forward(features, passes.head) ?? features;
  const groups = forward === 'joint' ? groupsBySize : (all: readonly Tensor4D[]) => all.map(view => [view]);
  const first = hiding && withTokens(network, views, { ...way, hiding });
  const rest = views.slice(first?.features.length ?? 0);
  const features = [...(first?.features ?? []), ...groups(rest).flatMap(group => together(group, encode))];
  return {
    features,
    embeddings: forward === 'joint' ? together(features, project) : features.map(project),
    ...(first && { hidden: project(first.hidden) }),
  };
}

/** The global views, in one batch as their mask is, with the tokens [M, D] of their hidden patches. */
function withTokens(
  { encoder }: Pick<Network, 'encoder'>,
  views: readonly Tensor4D[],
  { passes, hiding, masked }: ForwardOptions & { readonly hiding: Masking },
): { readonly features: Tensor2D[]; readonly hidden: Tensor2D } {
  const globals = views.slice(0, hiding.mask.shape[0] / views[0].shape[0]);
  const { feature, patches } = encoder.tokens!(tf.concat(globals), passes.encoder, masked ? hiding.mask : undefined);
  return { features: tf.split<Tensor2D>(feature, globals.length), hidden: tokensAt(hiding.places, patches) };
}

/** Applies `f` to the concatenation along the batch and cuts the result apart again. */
export function together<I extends tf.Tensor>(parts: readonly I[], f: (whole: I) => Tensor2D): Tensor2D[] {
  if (parts.length === 1) return [f(parts[0])];
  const sizes = parts.map(part => part.shape[0]!);
  return tf.split<Tensor2D>(f(tf.concat(parts as I[]) as I), sizes);
}

/** Runs of neighbouring views of one size: global views come first, so this is one group for each size in practice. */
function groupsBySize(views: readonly Tensor4D[]): Tensor4D[][] {
  const groups: Tensor4D[][] = [];
  for (const view of views) {
    const last = groups.at(-1);
    const sameSize = last?.[0].shape.join() === view.shape.join();
    if (last && sameSize) last.push(view);
    else groups.push([view]);
  }
  return groups;
}
