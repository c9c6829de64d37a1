import type { MaskedImages, Random } from '@carl-ssl/core';

/** Options for the choice of masked patches. */
export interface Masking {
  readonly maskShape: 'blocks' | 'random';
  /** Minimum and maximum share of an image's patches. */
  readonly maskRatio: readonly number[];
  /** Share of the images that have masked patches. */
  readonly maskedImages: number;
}

/** Logarithm of the largest aspect ratio of a block, and its minimum number of patches, as in BEiT. */
const ASPECT = Math.log(1 / 0.3);
const SMALLEST = 4;
/** Attempts to place a block before single patches make up the rest. */
const TRIES = 10;

/**
 * Draws masks [images, rows, columns], row by row, 1 where masked. The given share of images, drawn anew every time,
 * has masked patches: in each a share that is uniform in the range, and at least one.
 * @see arXiv 2111.07832, section 3.1; blocks as in arXiv 2106.08254, algorithm 1
 */
export function drawMasks({ images, grid }: MaskedImages, masking: Masking, random: Random): Int32Array {
  const size = grid[0] * grid[1];
  const marks = new Int32Array(images * size);
  const count = Math.max(1, Math.round(masking.maskedImages * images));
  const [least, greatest] = masking.maskRatio;
  for (const image of random.permutation(images).subarray(0, count)) {
    const wanted = Math.min(size, Math.max(1, Math.round(random.range(least, greatest) * size)));
    const own = marks.subarray(image * size, (image + 1) * size);
    if (masking.maskShape === 'blocks') addBlocks(own, { grid, wanted }, random);
    addSingles(own, wanted, random);
  }
  return marks;
}

/** Masks blocks as long as they do not exceed the wanted number. */
function addBlocks(
  marks: Int32Array,
  { grid, wanted }: { readonly grid: MaskedImages['grid']; readonly wanted: number },
  random: Random,
): void {
  let left = wanted;
  for (let tries = 0; tries < TRIES && left >= SMALLEST; tries++) {
    const places = placesOf(drawBlock(grid, left, random), grid[1]).filter(place => marks[place] === 0);
    if (places.length > left) continue;
    for (const place of places) marks[place] = 1;
    left -= places.length;
  }
}

/** Masks single patches up to the wanted number. */
function addSingles(marks: Int32Array, wanted: number, random: Random): void {
  let left = wanted - marks.filter(mark => mark !== 0).length;
  for (const place of random.permutation(marks.length)) {
    if (left <= 0) return;
    if (marks[place] !== 0) continue;
    marks[place] = 1;
    left -= 1;
  }
}

interface Block {
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  readonly columns: number;
}

/** A block of about `SMALLEST` to `most` patches anywhere in the grid. */
function drawBlock([height, width]: MaskedImages['grid'], most: number, random: Random): Block {
  const area = random.range(SMALLEST, most);
  const aspect = Math.exp(random.range(-ASPECT, ASPECT));
  const rows = Math.min(height, Math.max(1, Math.round(Math.sqrt(area * aspect))));
  const columns = Math.min(width, Math.max(1, Math.round(Math.sqrt(area / aspect))));
  return { rows, columns, top: random.integer(height - rows + 1), left: random.integer(width - columns + 1) };
}

function placesOf({ top, left, rows, columns }: Block, width: number): number[] {
  return Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [top + Math.floor(i / columns), left + (i % columns)];
    return row * width + column;
  });
}
