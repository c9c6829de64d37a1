import { isNode, nodeModule } from './node-module.js';
import type { PixelArray } from './pixels.js';

/** The parts of sharp's interface that are used. */
interface Sharp {
  metadata(): Promise<{ readonly space?: string }>;
  rotate(): Sharp;
  removeAlpha(): Sharp;
  pipelineColourspace(name: 'cmyk'): Sharp;
  toColourspace(name: 'srgb' | 'cmyk'): Sharp;
  raw(): Sharp;
  toBuffer(options: { readonly resolveWithObject: true }): Promise<{
    readonly data: Uint8Array;
    readonly info: { readonly height: number; readonly width: number; readonly channels: number };
  }>;
}

interface SharpModule {
  readonly default: (path: string, options: { readonly ignoreIcc: boolean }) => Sharp;
}

/**
 * Decodes an image file in Node.js, as `carl embed` does: turned by its orientation tag; transparency is dropped, and colour profiles are
 * not applied.
 * @throws Error if sharp is not installed or the file is no image
 */
export async function readImage(path: string): Promise<PixelArray> {
  if (!isNode) throw new Error('A browser cannot read the path of a file. Give ImageData, or pixels with their shape.');
  const { default: sharp } = await nodeModule<SharpModule>('sharp').catch((error: unknown) => {
    throw new Error('Image files are read with sharp, which is not installed: npm install sharp', { cause: error });
  });
  try {
    return await decode(sharp(path, { ignoreIcc: true }).rotate());
  } catch (error) {
    throw new Error(`${path} cannot be read as an image: ${(error as Error).message}`, { cause: error });
  }
}

async function decode(image: Sharp): Promise<PixelArray> {
  const { space } = await image.metadata();
  const isInk = space === 'cmyk';
  const wanted = isInk ? image.pipelineColourspace('cmyk').toColourspace('cmyk') : image.removeAlpha().toColourspace('srgb'); // prettier-ignore
  const { data, info } = await wanted.raw().toBuffer({ resolveWithObject: true });
  const { height, width, channels } = info;
  return isInk
    ? { shape: [height, width, 3], data: rgbFromInks(data, channels) }
    : { shape: [height, width, channels], data };
}

/** Inks to light as Pillow converts them, without the colour profile by which sharp would print: (255 - ink)(255 - black) / 255. */
function rgbFromInks(inks: Uint8Array, channels: number): Uint8Array {
  const rgb = new Uint8Array((3 * inks.length) / channels);
  for (let from = 0, to = 0; from < inks.length; from += channels) {
    const light = 255 - inks[from + 3];
    for (let c = 0; c < 3; c++) rgb[to++] = Math.round(((255 - inks[from + c]) * light) / 255);
  }
  return rgb;
}
