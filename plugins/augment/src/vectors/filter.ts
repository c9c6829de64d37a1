import type { Image } from '@carl-ssl/core';
import type { AxisFilter } from '../maths/axis-filter.js';
import type { Box } from '../maths/geometry.js';
import type { SeparableFilter } from '../maths/separable.js';
import type { VectorUnit } from './kernels.js';

const CHANNELS = 3;
const BYTES = 4;

/** Vector form of `filterBox`: weights and sums are float32. */
export function filterByVectors(unit: VectorUnit, image: Image, box: Box, { across, down }: SeparableFilter): Image {
  unit.begin();
  const first = box.top * image.width * CHANNELS;
  const source = unit.floats(image.data.subarray(first, first + box.height * image.width * CHANNELS));
  const rows = unit.place(box.height * across.output * CHANNELS * BYTES);
  const target = unit.place(down.output * across.output * CHANNELS * BYTES);
  // The rows keep the width of the image, so that the box begins at its left side.
  const shifted = { ...across, starts: across.starts.map(start => start + box.left) };
  unit.kernels.filterRows(source, image.width, box.height, ...placed(unit, shifted), rows);
  unit.kernels.filterColumns(rows, across.output * CHANNELS, ...placed(unit, down), target);
  const data = unit.read(target, down.output * across.output * CHANNELS);
  return { height: down.output, width: across.output, channels: CHANNELS, data };
}

type PlacedFilter = [output: number, taps: number, starts: number, counts: number, weights: number];

function placed(unit: VectorUnit, { output, taps, starts, counts, weights }: AxisFilter): PlacedFilter {
  return [output, taps, unit.integers(starts), unit.integers(counts), unit.floats(weights)];
}
