import type { Augmentation } from '@carl-ssl/core';
import type { Sampling } from '../maths/interpolation.js';
import type { ColorAmounts } from '../maths/jitter.js';
import { randomColorJitter } from '../operations/color-jitter.js';
import { randomHorizontalFlip } from '../operations/flip.js';
import { randomGaussianBlur } from '../operations/gaussian-blur.js';
import { randomGrayscale } from '../operations/grayscale.js';
import { randomResizedCrop } from '../operations/resized-crop.js';
import { randomSolarize } from '../operations/solarize.js';
import type { SizeValue } from '../options/sampling.js';

/** Parameters of one view of a preset. `flip`, `jitter`, `grayscale`, `blur` and `solarize` are probabilities. */
export interface Recipe extends Sampling {
  readonly size: SizeValue;
  /** Smallest and largest area of the crop as a fraction of the image area. */
  readonly scale: readonly number[];
  /** Smallest and largest width / height of the crop. */
  readonly ratio: readonly number[];
  readonly flip: number;
  readonly jitter: number;
  /** Strengths of the colour jitter. */
  readonly colors: ColorAmounts;
  readonly grayscale: number;
  readonly blur: number;
  readonly solarize: number;
}

/**
 * Operations of one view of a preset: crop, flip, colour jitter, grayscale, blur, solarize. They draw from one stream in
 * this order.
 */
export function recipeSteps(recipe: Recipe): readonly Augmentation[] {
  const { size, interpolation, antialias, colors, jitter } = recipe;
  const [scale, ratio] = [[...recipe.scale], [...recipe.ratio]];
  return [
    randomResizedCrop.create({ size, scale, ratio, interpolation, antialias }, {}),
    randomHorizontalFlip.create({ probability: recipe.flip }, {}),
    randomColorJitter.create({ ...colors, probability: jitter }, {}),
    randomGrayscale.create({ probability: recipe.grayscale }, {}),
    randomGaussianBlur.create({ sigma: [0.1, 2], probability: recipe.blur }, {}),
    randomSolarize.create({ threshold: 0.5, probability: recipe.solarize }, {}),
  ];
}

/** Multiplies all strengths of a colour jitter by a factor; hue is limited to 0.5, half the colour circle. */
export function scaledColors(colors: ColorAmounts, strength: number): ColorAmounts {
  return {
    brightness: colors.brightness * strength,
    contrast: colors.contrast * strength,
    saturation: colors.saturation * strength,
    hue: Math.min(0.5, colors.hue * strength),
  };
}

/** Strengths of the colour jitter of SimCLR (arXiv 2002.05709, appendix A), also used by SwAV. */
export const SIMCLR_COLORS: ColorAmounts = { brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.2 };

/** Strengths of the colour jitter of BYOL (arXiv 2006.07733, table 6), also used by DINO. */
export const BYOL_COLORS: ColorAmounts = { brightness: 0.4, contrast: 0.4, saturation: 0.2, hue: 0.1 };
