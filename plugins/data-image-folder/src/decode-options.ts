import { Type, type Static, type TObject } from '@carl-ssl/core';
import type { DecodeRules } from './decode.js';

/** Options of everything that decodes images. */
export const decodeOptions = {
  channels: Type.Union([Type.Literal(1), Type.Literal(3)], { default: 3, description: '3: RGB. 1: greyscale.' }),
  maxSide: Type.Optional(
    Type.Integer({
      minimum: 8,
      maximum: 16384,
      description: 'Longest side in pixels. Larger images are shrunk when they are read, which saves memory and time.',
    }),
  ),
  maxMegapixels: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      maximum: 10_000,
      description:
        'Largest image that is decoded, in millions of pixels. Larger ones are an error before they are decoded. By default 100, and 1000 with `maxSide`.',
    }),
  ),
  orient: Type.Boolean({
    default: true,
    description:
      "Whether to turn images by the camera's orientation tag (EXIF), as browsers and galleries show them. torchvision's ImageFolder does not: for its pixels, `orient: false`.",
  }),
};

/** Options of sets that decode images when they are read. */
export const readOptions = {
  cacheMegabytes: Type.Integer({
    minimum: 0,
    default: 512,
    description:
      'Memory in megabytes for the decoded images of this dataset or reader, for all splits and threads together. Images that do not fit are decoded each time.',
  }),
  onCorrupt: Type.Union([Type.Literal('error'), Type.Literal('skip')], {
    default: 'error',
    description:
      'error: a damaged image ends the run when it is read. skip: all images are decoded once at the start, and damaged ones are reported and left out.',
  }),
  maxSkipped: Type.Number({
    minimum: 0,
    maximum: 1,
    default: 0.01,
    description:
      'Largest share of the images that `onCorrupt: skip` leaves out. More of them end the run, because the data as a whole may be damaged or in another format.',
  }),
};

/** How to decode images by the options. */
export function rulesOf({ channels, orient, maxSide, maxMegapixels }: DecodeRules): DecodeRules {
  return {
    channels,
    orient,
    ...(maxSide !== undefined && { maxSide }),
    ...(maxMegapixels !== undefined && { maxMegapixels }),
  };
}

export type DecodingOptions = Readonly<Static<TObject<typeof decodeOptions & typeof readOptions>>>;
