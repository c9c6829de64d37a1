import type { Image } from '@carl-ssl/core';
import { adjustBrightness, adjustContrast, adjustSaturation, shiftHue } from './color.js';
import type { Adjust } from './color.js';
import { adjustByVectors } from '../vectors/colors.js';
import { vectorsFor } from '../vectors/unit.js';
import { blank } from './geometry.js';

/** The four colour adjustments, in the order in which a random jitter draws their amounts. */
export const COLOR_ADJUSTMENTS = ['brightness', 'contrast', 'saturation', 'hue'] as const;
export type ColorAdjustment = (typeof COLOR_ADJUSTMENTS)[number];

/**
 * One number per adjustment: a factor (1 leaves the image unchanged); for `hue`, a shift as a fraction of the colour
 * circle.
 */
export type ColorAmounts = Readonly<Record<ColorAdjustment, number>>;

const adjust: Readonly<Record<ColorAdjustment, Adjust>> = {
  brightness: adjustBrightness,
  contrast: adjustContrast,
  saturation: adjustSaturation,
  hue: shiftHue,
};

/**
 * Applies adjustments in order; brightness, contrast and saturation clamp to [0, 1]. Saturation and hue apply to
 * three-channel images only. Returns the image itself if no adjustment applies.
 */
export function jitterColors(image: Image, order: readonly ColorAdjustment[], amounts: Partial<ColorAmounts>): Image {
  const adjustments = order.flatMap(name => {
    const amount = amounts[name];
    return amount === undefined || !affects(name, amount, image.channels) ? [] : [{ name, amount }];
  });
  if (adjustments.length === 0) return image;
  const unit = vectorsFor(image);
  if (unit) return adjustByVectors(unit, image, adjustments);
  let current = image;
  for (const { name, amount } of adjustments) {
    const next = current === image ? blank(image, image.channels) : current;
    adjust[name](current, amount, next.data);
    current = next;
  }
  return current;
}

/** Whether an adjustment changes images with these channels. */
export function affects(name: ColorAdjustment, amount: number, channels: number): boolean {
  if (name === 'hue') return channels === 3 && amount !== 0;
  return name !== 'saturation' || channels === 3;
}
