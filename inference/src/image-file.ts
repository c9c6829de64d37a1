import { isNode, nodeModule } from './node-module.js';
import type { PixelArray } from './pixels.js';

/** The parts of sharp's interface that are used. */
interface Sharp {
  removeAlpha(): Sharp;
  toColourspace(name: 'srgb'): Sharp;
  raw(): Sharp;
  toBuffer(options: { readonly resolveWithObject: true }): Promise<{
    readonly data: Uint8Array;
    readonly info: { readonly height: number; readonly width: number; readonly channels: number };
  }>;
}

interface SharpModule {
  readonly default: (path: string, options: { readonly ignoreIcc: boolean }) => Sharp;
}

/** Decodes an image file in Node.js. @throws Error if sharp is not installed or the file is no image */
export async function readImage(path: string): Promise<PixelArray> {
  if (!isNode) throw new Error('A browser cannot read the path of a file. Give ImageData, or pixels with their shape.');
  const { default: sharp } = await nodeModule<SharpModule>('sharp').catch((error: unknown) => {
    throw new Error('Image files are read with sharp, which is not installed: npm install sharp', { cause: error });
  });
  // As in training: transparency is dropped, colour profiles and orientation tags are not applied.
  const image = sharp(path, { ignoreIcc: true }).removeAlpha().toColourspace('srgb').raw();
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  return { shape: [info.height, info.width, info.channels], data };
}
