import type { Image } from '@carl-ssl/core';
import type { AxisFilter } from '../maths/axis-filter.js';
import type { Box } from '../maths/geometry.js';
import type { SeparableFilter } from '../maths/separable.js';
import type { VectorUnit } from './kernels.js';
import { levelsOf } from './levels.js';

const CHANNELS = 3;
const BYTES = 4;

/** Vector form of `filterBox`: weights and sums are float32. */
export function filterByVectors(unit: VectorUnit, image: Image, box: Box, { across, down }: SeparableFilter): Image {
  unit.begin();
  const rows = unit.place(box.height * across.output * CHANNELS * BYTES);
  const target = unit.place(down.output * across.output * CHANNELS * BYTES);
  // The rows keep the width of the image, so that the box begins at its left side.
  filterRows(unit, image, { box, across: { ...across, starts: across.starts.map(start => start + box.left) }, rows });
  unit.kernels.filterColumns(rows, across.output * CHANNELS, ...placed(unit, down), target);
  const data = unit.read(target, down.output * across.output * CHANNELS);
  return { height: down.output, width: across.output, channels: CHANNELS, data };
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
  const [first, end] = [box.top * width * CHANNELS, (box.top + box.height) * width * CHANNELS];
  const levels = levelsOf(image);
  if (levels) {
    const weights = across.weights.map(weight => weight / 255);
    const source = unit.bytes(levels.subarray(first, end));
    unit.kernels.filterByteRows(source, width, box.height, ...placed(unit, { ...across, weights }), rows);
  } else {
    const source = unit.floats(image.data.subarray(first, end));
    unit.kernels.filterRows(source, width, box.height, ...placed(unit, across), rows);
  }
}

type PlacedFilter = [output: number, taps: number, starts: number, counts: number, weights: number];

function placed(unit: VectorUnit, { output, taps, starts, counts, weights }: AxisFilter): PlacedFilter {
  return [output, taps, unit.integers(starts), unit.integers(counts), unit.floats(weights)];
}
