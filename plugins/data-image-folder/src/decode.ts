import { CarlError, unreadable } from '@carl-ssl/core';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import sharp, { type Sharp } from 'sharp';

/** How images are decoded. */
export interface DecodeRules {
  readonly channels: 1 | 3;
  /** Longest allowed side in pixels; larger images are downsized. */
  readonly maxSide?: number;
  /** Whether to turn images by the camera's orientation tag (EXIF). */
  readonly orient: boolean;
}

/** [height, width, channels] bytes. */
export interface Decoded {
  readonly bytes: Uint8Array;
  readonly size: readonly [height: number, width: number];
}

/** Names that sharp gives to the pixel formats; it would also render SVG files. */
const FORMATS: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'tiff', 'gif', 'heif']);

/** Suffixes of files that can be decoded. */
export const EXTENSIONS: readonly string[] = ['jpg', 'jpeg', 'png', 'webp', 'tif', 'tiff', 'gif', 'avif'];

/** Suffix of a file in lower case without the dot; empty if it has none. */
export function suffixOf(name: string): string {
  return extname(name).slice(1).toLowerCase();
}

/**
 * Decodes an image file to its stored levels: transparency is dropped, not blended; colour profiles are ignored; the
 * first frame of an animation is used.
 * @throws CarlError INPUT_DATA naming the file
 */
export async function decodeFile(path: string, rules: DecodeRules): Promise<Decoded> {
  const stored = await readFile(path).catch((error: unknown) =>
    Promise.reject(unreadable(path, error as NodeJS.ErrnoException)),
  );
  try {
    return await decode(stored, rules);
  } catch (error) {
    throw undecodable(path, error as Error);
  }
}

function undecodable(path: string, cause: Error): CarlError {
  const reason = cause.message.trim().replace(/\s+/g, ' ');
  const suffix = suffixOf(path);
  const advice = EXTENSIONS.includes(suffix)
    ? 'It may be damaged or incomplete: replace or remove it, or set `onCorrupt: skip`.'
    : `Files with the suffix .${suffix} are usually not readable; those with ${EXTENSIONS.map(one => `.${one}`).join(', ')} are. Convert it, or remove \`${suffix}\` from \`extensions\`.`;
  return new CarlError('INPUT_DATA', `${path} cannot be decoded (${reason}). ${advice}`, { cause });
}

async function decode(stored: Uint8Array, rules: DecodeRules): Promise<Decoded> {
  // 'error': warnings of libjpeg, common for images from the web, are ignored; missing data is an error.
  const image = sharp(stored, { failOn: 'error', ignoreIcc: true, autoOrient: rules.orient });
  const { format, hasAlpha, depth } = await image.metadata();
  if (!FORMATS.has(format)) throw new Error(`${format} files are not supported`);
  const decoded =
    rules.maxSide === undefined
      ? await toBytes(image, rules)
      : await toBytes(shrunk(hasAlpha ? await withoutAlpha(image) : image, rules.maxSide), rules);
  if ((depth === 'float' || depth === 'double') && decoded.bytes.every(level => level <= 1))
    throw new Error('its floating-point values are at most 1, so it would become black; save it with 8 or 16 bits');
  return decoded;
}

/** Drops transparency before an image is downsized, because sharp would weight colours by it. */
async function withoutAlpha(image: Sharp): Promise<Sharp> {
  const { data, info } = await image.removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  return sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
}

function shrunk(image: Sharp, side: number): Sharp {
  return image.resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true });
}

async function toBytes(image: Sharp, { channels }: DecodeRules): Promise<Decoded> {
  const { data, info } = await image.removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`it has ${info.channels} channels after conversion to RGB`);
  return { bytes: channels === 3 ? data : luma(data), size: [info.height, info.width] };
}

/** Luma by ITU-R BT.601 in 16-bit fixed point, [n, 3] -> [n]. */
function luma(rgb: Uint8Array): Uint8Array {
  const grey = new Uint8Array(rgb.length / 3);
  for (let i = 0; i < grey.length; i++)
    grey[i] = (19595 * rgb[3 * i] + 38470 * rgb[3 * i + 1] + 7471 * rgb[3 * i + 2] + 32768) >> 16;
  return grey;
}
