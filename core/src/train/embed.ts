import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { discardNote } from '../contracts/note.js';
import type { Pass } from '../contracts/weights.js';
import { noteOf, type Notes } from '../tensor/notes.js';
import { tf } from '../tensor/tf.js';
import type { Forward } from './batch.js';
import { tokensAt, type Masking } from './masked-patches.js';
import type { Network } from './network.js';
import type { Passes } from './passes.js';

/** Views of a batch and the network they are embedded by. */
export interface EmbedInput {
  readonly passes: Passes;
  /** V tensors [B, height, width, channels], global views first. */
  readonly views: readonly Tensor4D[];
  readonly forward: Forward;
  /** True for the student: patches are masked in its images, and its predictor runs. */
  readonly learns: boolean;
  /** Patches of the global views whose tokens are computed. */
  readonly masking?: Masking;
  /** Number of global views of which all patches are embedded, 0 by default. */
  readonly patchViews?: number;
  /** Collects the scalars that the parts report; without it they are discarded. */
  readonly notes?: Notes;
}

/** Features h [B, D] and embeddings z [B, E], one a view. */
export interface Embedded {
  readonly features: readonly Tensor2D[];
  readonly embeddings: readonly Tensor2D[];
  /** Embeddings [M, E] of the masked patches. */
  readonly tokens?: Tensor2D;
  /** Embeddings [B, T, E] of all patches, one tensor for each of `patchViews`. */
  readonly patches?: readonly Tensor3D[];
}

/**
 * Encoder and head over all views. `joint`: views of one size form one batch of the encoder, and all features one batch of
 * the head, so they share batch statistics. `separate`: one view after the other.
 */
export function embed({ encoder, head }: Pick<Network, 'encoder' | 'head'>, input: EmbedInput): Embedded {
  const { passes, views, masking } = input;
  const joint = input.forward === 'joint';
  const pass = (): Pass => ({ ...passes.encoder, note: noteOf(input.notes, 'encoder') });
  const encode = (images: Tensor4D): Tensor2D => encoder.forward(images, pass());
  const project = (features: Tensor2D, note = noteOf(input.notes, 'head')): Tensor2D =>
    head?.forward(features, { ...passes.head, note }) ?? features;
  const projectRows = (rows: Tensor2D): Tensor2D =>
    head?.patches?.(rows, { ...passes.head, note: discardNote }) ?? project(rows, discardNote);
  const globals = masking ? masking.mask.shape[0] / views[0].shape[0] : (input.patchViews ?? 0);
  const seen = globals > 0 ? withTokens({ encoder, pass: pass() }, views.slice(0, globals), input) : undefined;
  const rest = views.slice(globals);
  const groups = joint ? groupsBySize(rest) : rest.map(view => [view]);
  const features = [...(seen?.features ?? []), ...groups.flatMap(group => together(group, encode))];
  return {
    features,
    embeddings: joint ? together(features, project) : features.map(one => project(one)),
    ...(seen && masking && { tokens: project(tokensAt(masking.places, seen.patches), discardNote) }),
    ...(seen && input.patchViews && { patches: projectPatches(seen.patches, input.patchViews, projectRows) }),
  };
}

/** The global views in one batch, in the order of the mask, with the tokens [V * B, T, D] of all patches. */
function withTokens(
  { encoder, pass }: Pick<Network, 'encoder'> & { readonly pass: Pass },
  views: readonly Tensor4D[],
  { masking, learns }: Pick<EmbedInput, 'masking' | 'learns'>,
): { readonly features: Tensor2D[]; readonly patches: Tensor3D } {
  const { feature, patches } = encoder.tokens!(tf.concat([...views]), pass, learns ? masking?.mask : undefined);
  return { features: tf.split<Tensor2D>(feature, views.length), patches };
}

/** [V * B, T, D] -> V tensors [B, T, E]. */
function projectPatches(patches: Tensor3D, views: number, project: (rows: Tensor2D) => Tensor2D): Tensor3D[] {
  const [images, count, dim] = patches.shape;
  const rows = project(tf.reshape<tf.Rank.R2>(patches, [images * count, dim]));
  return tf.split<Tensor3D>(tf.reshape<tf.Rank.R3>(rows, [images, count, rows.shape[1]]), views);
}

/** Applies `f` to the concatenation along the batch and splits the result again. */
export function together<I extends tf.Tensor>(parts: readonly I[], f: (batch: I) => Tensor2D): Tensor2D[] {
  if (parts.length === 1) return [f(parts[0])];
  const sizes = parts.map(part => part.shape[0]!);
  return tf.split<Tensor2D>(f(tf.concat(parts as I[]) as I), sizes);
}

/** Runs of neighbouring views of one size; global views come first, so in practice one group for each size. */
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
