import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Collective } from '../contracts/collective.js';
import type { MaskedPatches, Objective } from '../contracts/objective.js';
import type { StepContext } from '../contracts/step-context.js';
import { constant } from '../tensor/constant.js';
import { ownRows } from '../tensor/own-rows.js';
import { tf } from '../tensor/tf.js';
import { unevenNoise } from './workers.js';

/** Patches masked in the global views of a batch of `images`, with tokens of both branches. */
export interface JointMask {
  readonly images: number;
  readonly grid: readonly [number, number];
  readonly marks: Int32Array;
  /** [M, width]. */
  readonly output: Tensor2D;
  readonly target: Tensor2D;
  readonly pixels: Tensor2D;
}

const GRID = [2, 3] as const;

/** Masks as the objective draws them, if it masks any patches. */
export function jointMaskOf(
  { mask }: Pick<Objective, 'mask'>,
  { images, views, width }: { readonly images: number; readonly views: number; readonly width: number },
  context: StepContext,
): JointMask | undefined {
  const marks = mask?.({ images: images * views, grid: GRID }, context);
  if (!marks) return undefined;
  const count = marks.reduce((sum, mark) => sum + Math.min(1, mark), 0);
  const tokens = (branch: string) =>
    unevenNoise(`masked ${branch} ${String(context.step)}`, [count, width]) as Tensor2D;
  const [output, target, pixels] = ['output', 'target', 'pixels'].map(tokens);
  return { images, grid: GRID, marks, output, target, pixels };
}

/** The masked patches in the images of a worker. */
export function maskedShare(joint: JointMask, worker: Collective): MaskedPatches {
  const { images, grid, marks } = joint;
  const patches = grid[0] * grid[1];
  const rows = ownRows(marks.length / patches / worker.size, images / worker.size, worker);
  const places = Array.from(rows).flatMap(row => Array.from({ length: patches }, (_, i) => row * patches + i));
  const token = new Map([...marks.keys()].filter(place => marks[place] !== 0).map((place, i) => [place, i]));
  const marked = places.flatMap((place, i) => (marks[place] === 0 ? [] : [i]));
  const tokens = marked.map(i => token.get(places[i])!);
  // A worker without masked patches has one token as a placeholder.
  const [own, positions] = [tokens, marked].map(all => tf.tensor1d(all.length > 0 ? all : [0], 'int32'));
  return {
    output: tf.gather(joint.output, own),
    target: constant(tf.gather(joint.target, own)),
    pixels: constant(tf.gather(joint.pixels, own)),
    mask: tf.tensor3d(places.map(place => marks[place]), [rows.length, ...grid], 'int32'), // prettier-ignore
    places: positions,
  };
}
