import * as tf from '@tensorflow/tfjs';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { Passes } from './model.js';
import type { Network } from './network.js';

/** What the learning branch or the teacher makes of the views, one tensor a view. */
export interface Embedded {
  /** h [B, D]. */
  readonly features: readonly Tensor2D[];
  /** z [B, E]. */
  readonly embeddings: readonly Tensor2D[];
}

/**
 * Encoder and head over all views. `joint`: views of one size go through the encoder in one batch, and all features
 * through the head in one batch, so they share batch statistics. `separate`: one view after the other.
 */
export function embed(
  network: Pick<Network, 'encoder' | 'head'>,
  views: readonly Tensor4D[],
  { passes, forward }: { readonly passes: Passes; readonly forward: 'joint' | 'separate' },
): Embedded {
  const encode = (images: Tensor4D): Tensor2D => network.encoder.forward(images, passes.encoder);
  const project = (features: Tensor2D): Tensor2D => network.head?.forward(features, passes.head) ?? features;
  if (forward === 'separate') {
    const both = views.map(view => {
      const features = encode(view);
      return { features, embeddings: project(features) };
    });
    return { features: both.map(b => b.features), embeddings: both.map(b => b.embeddings) };
  }
  const features = groupsBySize(views).flatMap(group => together(group, encode));
  return { features, embeddings: together(features, project) };
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
