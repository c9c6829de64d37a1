import type { MaskedImages, Random } from '@carl-ssl/core';

/** Options for the choice of masked patches. */
export interface Masking {
  readonly maskRatio: number;
  readonly maskSize: number;
}

/**
 * Draws masks [images, rows, columns], row by row, 1 where masked. The grid of patches is cut into squares of `maskSize`
 * patches, from the upper left corner; in every image the same number of squares is masked.
 * @see arXiv 2111.09886, section 3.2, patch-aligned random masking
 */
export function drawMasks(
  { images, grid }: MaskedImages,
  { maskRatio, maskSize }: Masking,
  random: Random,
): Int32Array {
  const [rows, columns] = grid;
  const [down, across] = grid.map(length => Math.ceil(length / maskSize));
  const count = Math.ceil(down * across * maskRatio);
  const marks = new Int32Array(images * rows * columns);
  for (let image = 0; image < images; image++) {
    const masked = new Set(random.permutation(down * across).subarray(0, count));
    const own = marks.subarray(image * rows * columns, (image + 1) * rows * columns);
    own.forEach((_, place) => {
      const [row, column] = [Math.floor(place / columns), place % columns];
      const square = Math.floor(row / maskSize) * across + Math.floor(column / maskSize);
      own[place] = masked.has(square) ? 1 : 0;
    });
  }
  return marks;
}
