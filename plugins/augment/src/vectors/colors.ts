import type { Image } from '@carl-ssl/core';
import type { ColorAdjustment } from '../maths/jitter.js';
import type { VectorUnit } from './kernels.js';

/** An adjustment with its factor, or shift for `hue`. */
export interface Adjustment {
  readonly name: ColorAdjustment;
  readonly amount: number;
}

/** Vector form of the colour adjustments, one after another in place. */
export function adjustByVectors(unit: VectorUnit, image: Image, adjustments: readonly Adjustment[]): Image {
  return inPlace(unit, image, (data, pixels) => {
    for (const { name, amount } of adjustments) adjust[name](unit, { data, pixels }, amount);
  });
}

interface Placed {
  readonly data: number;
  readonly pixels: number;
}

const adjust: Readonly<Record<ColorAdjustment, (unit: VectorUnit, placed: Placed, amount: number) => void>> = {
  brightness: ({ kernels }, { data, pixels }, factor) => {
    kernels.scale(data, 3 * pixels, factor, 0);
  },
  contrast: ({ kernels }, { data, pixels }, factor) => {
    kernels.scale(data, 3 * pixels, factor, (1 - factor) * (kernels.sumGray(data, pixels) / pixels));
  },
  saturation: ({ kernels }, { data, pixels }, factor) => {
    kernels.saturate(data, pixels, factor);
  },
  hue: ({ kernels }, { data, pixels }, shift) => {
    kernels.shiftHue(data, pixels, shift);
  },
};

/** Vector form of the conversion to grey in three equal channels. */
export function grayByVectors(unit: VectorUnit, image: Image): Image {
  return inPlace(unit, image, (data, pixels) => {
    unit.kernels.gray(data, pixels);
  });
}

/** Vector form of the normalisation; `mean` and `std` have a number for each of the three channels. */
export function normalizeByVectors(
  unit: VectorUnit,
  image: Image,
  { mean, std }: { readonly mean: readonly number[]; readonly std: readonly number[] },
): Image {
  const fourPixels = [mean, mean, mean, mean, std, std, std, std].flat();
  return inPlace(unit, image, (data, pixels) => {
    unit.kernels.normalize(data, pixels, unit.floats(fourPixels));
  });
}

/** Vector form of mirroring left to right. */
export function mirrorByVectors(unit: VectorUnit, image: Image): Image {
  unit.begin();
  const source = unit.floats(image.data);
  const target = unit.place(4 * image.data.length);
  unit.kernels.mirror(source, image.width, image.height, target);
  return { ...image, data: unit.read(target, image.data.length) };
}

function inPlace(unit: VectorUnit, image: Image, work: (data: number, pixels: number) => void): Image {
  unit.begin();
  const data = unit.floats(image.data);
  work(data, image.height * image.width);
  return { ...image, data: unit.read(data, image.data.length) };
}
