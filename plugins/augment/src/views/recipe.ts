import type { Augmentation } from '@carl-ssl/core';
import type { Sampling } from '../maths/interpolation.js';
import type { ColorAmounts } from '../maths/jitter.js';
import type { SizeValue } from '../options/size.js';
import { randomColorJitter } from '../random/random-color-jitter.js';
import { randomGaussianBlur } from '../random/random-gaussian-blur.js';
import { randomGrayscale } from '../random/random-grayscale.js';
import { randomHorizontalFlip } from '../random/random-horizontal-flip.js';
import { randomResizedCrop } from '../random/random-resized-crop.js';
import { randomSolarize } from '../random/random-solarize.js';

/** The view that most methods share, with probabilities for its parts. */
export interface Recipe extends Sampling {
  readonly size: SizeValue;
  readonly scale: readonly number[];
  readonly ratio: readonly number[];
  readonly flip: number;
  readonly jitter: number;
  readonly colors: ColorAmounts;
  readonly grayscale: number;
  readonly blur: number;
  readonly solarize: number;
}

/** Crop, flip, colour jitter, grey, blur, solarize: in this order each draws from the stream of the view. */
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

/** Strengths of the colour jitter, all multiplied by one number; hue cannot exceed half the circle. */
export function scaledColors(colors: ColorAmounts, strength: number): ColorAmounts {
  return {
    brightness: colors.brightness * strength,
    contrast: colors.contrast * strength,
    saturation: colors.saturation * strength,
    hue: Math.min(0.5, colors.hue * strength),
  };
}

/** Strengths of SimCLR's colour jitter (arXiv 2002.05709, appendix A), also SwAV's. */
export const SIMCLR_COLORS: ColorAmounts = { brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.2 };

/** Strengths of BYOL's colour jitter (arXiv 2006.07733, table 6), also DINO's. */
export const BYOL_COLORS: ColorAmounts = { brightness: 0.4, contrast: 0.4, saturation: 0.2, hue: 0.1 };
