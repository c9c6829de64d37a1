import { tf } from '@carl-ssl/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

/** Height and width of an image in patches. */
export type Grid = readonly [height: number, width: number];

/** The cubic's free parameter, as torch has it. */
const SHARPNESS = -0.75;

/**
 * Embeddings of the patches of a square grid -> those of another grid, by bicubic interpolation between the centres of
 * the patches: [side^2, D] -> [height * width, D]. What would lie outside is taken from the border. As DINO does it,
 * without the 0.1 it adds to the sizes.
 * @see arXiv 2104.14294
 */
export function interpolatePositions(embeddings: Tensor2D, side: number, [height, width]: Grid): Tensor2D {
  if (height === side && width === side) return tf.clone(embeddings);
  const [rows, columns] = [resampling(side, height), resampling(side, width)];
  const whole = new Float32Array(height * width * side * side);
  let at = 0;
  for (const row of rows)
    for (const column of columns) for (const r of row) for (const c of column) whole[at++] = r * c;
  return tf.tidy(() => tf.matMul(tf.tensor2d(whole, [height * width, side * side]), embeddings));
}

/** Weights [to, from] of `from` values in each of the `to` values along one side. */
export function resampling(from: number, to: number): readonly Float64Array[] {
  return Array.from({ length: to }, (_, index) => {
    const weights = new Float64Array(from);
    const centre = ((index + 0.5) * from) / to - 0.5;
    const first = Math.floor(centre) - 1;
    for (let tap = first; tap < first + 4; tap++)
      weights[Math.min(from - 1, Math.max(0, tap))] += cubic(Math.abs(centre - tap));
    return weights;
  });
}

/** Keys' cubic convolution kernel at a distance. */
function cubic(distance: number): number {
  const a = SHARPNESS;
  if (distance <= 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  if (distance < 2) return ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a;
  return 0;
}
