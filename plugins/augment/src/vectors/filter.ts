import type { Image } from '@carl-ssl/core';
import type { AxisFilter } from '../maths/axis-filter.js';
import type { Box } from '../maths/geometry.js';
import type { SeparableFilter } from '../maths/separable.js';
import { BYTES, CHANNELS, type VectorUnit } from './kernels.js';
import { levelsOf } from './levels.js';

/** Vector form of `filterBox`: weights and sums are float32. */
export function filterByVectors(unit: VectorUnit, image: Image, box: Box, { across, down }: SeparableFilter): Image {
  unit.begin();
  const rows = unit.place(box.height * across.output * CHANNELS * BYTES);
  const target = unit.place(down.output * across.output * CHANNELS * BYTES);
  // The rows keep the width of the image, so that the box begins at its left side.
  filterRows(unit, image, { box, across: { ...across, starts: across.starts.map(start => start + box.left) }, rows });
  unit.kernels.filterColumns(rows, across.output * CHANNELS, ...placed(unit, down), target);
  return unit.image(target, { height: down.output, width: across.output });
}

/** Weights of a blur that are smaller than this fraction of the largest one do not change a sum in float32. */
const NEGLIGIBLE = 2 ** -26;

/** Vector form of `blur` with a symmetric kernel of an odd number of weights. */
export function blurByVectors(unit: VectorUnit, image: Image, kernel: Float64Array): Image {
  const centre = (kernel.length - 1) / 2;
  const half = kernel.subarray(centre).filter(weight => weight >= NEGLIGIBLE * kernel[centre]);
  const radius = half.length - 1;
  if (radius === 0) return image;
  const { width, height } = image;
  const pixel = CHANNELS * BYTES;
  const length = width * CHANNELS;
  unit.begin();
  const weights = unit.floats(half);
  const wide = unit.place(height * (width + 2 * radius) * pixel);
  const high = unit.place((height + 2 * radius) * width * pixel);
  const target = unit.place(height * width * pixel);
  const first = high + radius * width * pixel;
  const { kernels } = unit;
  kernels.mirrorRows(unit.source(image), width, height, radius, wide);
  kernels.convolve(wide + radius * pixel, (width + 2 * radius) * pixel, pixel, length, height, radius, weights, first);
  kernels.mirrorColumns(first, length, height, radius);
  kernels.convolve(first, width * pixel, width * pixel, length, height, radius, weights, target);
  return unit.image(target, image);
}

interface RowPass {
  readonly box: Box;
  readonly across: AxisFilter;
  /** Address of the result. */
  readonly rows: number;
}

/** Filters the rows of a box, from bytes if the image has them. */
function filterRows(unit: VectorUnit, image: Image, { box, across, rows }: RowPass): void {
  const { width } = image;
  const levels = levelsOf(image);
  if (levels) {
    const weights = across.weights.map(weight => weight / 255);
    const source = unit.bytes(levels.subarray(box.top * width * CHANNELS, (box.top + box.height) * width * CHANNELS));
    unit.kernels.filterByteRows(source, width, box.height, ...placed(unit, { ...across, weights }), rows);
  } else {
    const source = unit.source(image) + box.top * width * CHANNELS * BYTES;
    unit.kernels.filterRows(source, width, box.height, ...placed(unit, across), rows);
  }
}

type PlacedFilter = [output: number, taps: number, starts: number, counts: number, weights: number];

function placed(unit: VectorUnit, { output, taps, starts, counts, weights }: AxisFilter): PlacedFilter {
  return [output, taps, unit.integers(starts), unit.integers(counts), unit.floats(weights)];
}
