import type { Image } from '@carl-ssl/core';
import { adjustBrightness, adjustContrast, adjustSaturation } from './color.js';
import type { Adjust } from './color.js';
import { blank } from './geometry.js';
import { shiftHue } from './hue.js';

/** The four colour adjustments in the order in which amounts are drawn. */
export const COLOR_ADJUSTMENTS = ['brightness', 'contrast', 'saturation', 'hue'] as const;
export type ColorAdjustment = (typeof COLOR_ADJUSTMENTS)[number];

/** Factors (1 changes nothing), and for `hue` the shift as a share of the colour circle. */
export type ColorAmounts = Readonly<Record<ColorAdjustment, number>>;

const adjust: Readonly<Record<ColorAdjustment, Adjust>> = {
  brightness: adjustBrightness,
  contrast: adjustContrast,
  saturation: adjustSaturation,
  hue: shiftHue,
};

/** The adjustments one after another; each but `hue` clamps to [0, 1]. Saturation and hue leave images without colour as they are. */
export function jitterColors(image: Image, order: readonly ColorAdjustment[], amounts: Partial<ColorAmounts>): Image {
  let current = image;
  for (const name of order) {
    const amount = amounts[name];
    if (amount === undefined || !affects(name, amount, image.channels)) continue;
    const next = current === image ? blank(image, image.channels) : current;
    adjust[name](current, amount, next.data);
    current = next;
  }
  return current;
}

function affects(name: ColorAdjustment, amount: number, channels: number): boolean {
  if (name === 'hue') return channels === 3 && amount !== 0;
  return name !== 'saturation' || channels === 3;
}

/** Channels are kept; other numbers than 1 and 3 have no colours to speak of. */
export function colorChannels(inputChannels: number): number | undefined {
  return inputChannels === 1 || inputChannels === 3 ? inputChannels : undefined;
}
