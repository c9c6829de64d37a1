import { Type, type Static, type TObject } from 'typebox';

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
  orient: Type.Boolean({
    default: false,
    description:
      "Whether to rotate images according to the camera's orientation tag (EXIF). Most training tools, including torchvision, do not.",
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
};

export type DecodingOptions = Readonly<Static<TObject<typeof decodeOptions & typeof readOptions>>>;
