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
  filterRows(unit, image, { box, across, rows });
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
  // The rows keep the width of the image; the first one begins with the box.
  const first = CHANNELS * (box.top * width + box.left);
  const last = CHANNELS * ((box.top + box.height - 1) * width + box.left + box.width);
  if (levels) {
    const source = unit.bytes(levels.subarray(first, last));
    unit.kernels.filterByteRows(source, width, box.height, ...placed(unit, forLevels(across)), rows);
  } else {
    const source = unit.source(image) + BYTES * first;
    unit.kernels.filterRows(source, width, box.height, ...placed(unit, across), rows);
  }
}

const dividedFilters = new WeakMap<AxisFilter, AxisFilter>();

/** The filter with weights divided by 255, which is made once. */
function forLevels(filter: AxisFilter): AxisFilter {
  const known = dividedFilters.get(filter);
  if (known) return known;
  const divided = { ...filter, weights: filter.weights.map(weight => weight / 255) };
  dividedFilters.set(filter, divided);
  return divided;
}

type PlacedFilter = [output: number, taps: number, starts: number, counts: number, weights: number];

function placed(unit: VectorUnit, { output, taps, starts, counts, weights }: AxisFilter): PlacedFilter {
  return [output, taps, unit.integers(starts), unit.integers(counts), unit.floats(weights)];
}
