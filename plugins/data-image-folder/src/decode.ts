import { CarlError, readUserFile } from '@carl-ssl/core';
import { extname } from 'node:path';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { decodeGif, type RgbPixels } from './gif.js';

/** How images are decoded. */
export interface DecodeRules {
  readonly channels: 1 | 3;
  /** Longest allowed side in pixels; larger images are downsized. */
  readonly maxSide?: number;
  /** Millions of pixels of the largest image that is decoded; by default 100, and 1000 with `maxSide`. */
  readonly maxMegapixels?: number;
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

/** Millions of pixels of the largest image that is decoded: one at full size takes about 400 MB, one made smaller is never held whole. */
const MOST_MEGAPIXELS = { full: 100, shrunk: 1000 };

/** Characters of a decoder's message that are shown. */
const LONGEST_REASON = 120;

/** Suffixes of files that can be decoded, those that are listed without being asked for. */
export const EXTENSIONS: readonly string[] = ['jpg', 'jpeg', 'png', 'webp', 'tif', 'tiff', 'gif', 'avif'];

/** Less usual suffixes of the same formats. */
const OTHER_SUFFIXES: ReadonlySet<string> = new Set(['jfif', 'jfi', 'jif', 'jpe', 'apng']);

/** Text for the user about a suffix whose files can usually not be decoded; undefined for others. */
export function unreadableSuffix(suffix: string): string | undefined {
  if (EXTENSIONS.includes(suffix) || OTHER_SUFFIXES.has(suffix)) return undefined;
  return `Files with the suffix .${suffix} are usually not readable; those with ${EXTENSIONS.map(one => `.${one}`).join(', ')} are. Convert them, or remove \`${suffix}\` from \`extensions\`.`;
}

/** Suffix of a file in lower case without the dot; empty if it has none. */
export function suffixOf(name: string): string {
  return extname(name).slice(1).toLowerCase();
}

/** Decodes an image file, see {@link decodeImage}. @throws CarlError INPUT_FILE or INPUT_DATA, naming the file */
export async function decodeFile(path: string, rules: DecodeRules): Promise<Decoded> {
  return decodeImage(await readUserFile(path), path, rules);
}

/**
 * Decodes an encoded image to its stored levels, like torchvision's loader: transparency is dropped, not blended; colour
 * profiles are ignored; the first frame of an animation is used.
 * @param path file of the image, or its place in a file of many, for errors
 * @throws CarlError INPUT_DATA
 */
export async function decodeImage(stored: Uint8Array, path: string, rules: DecodeRules): Promise<Decoded> {
  try {
    return await decode(stored, rules);
  } catch (error) {
    throw error instanceof TooLarge ? tooLarge(path, error) : undecodable(path, error as Error);
  }
}

/** An image with too many pixels to be decoded. */
class TooLarge extends Error {}

function tooLarge(path: string, cause: TooLarge): CarlError {
  return new CarlError('INPUT_DATA', `${path} is too large to be decoded: ${cause.message}`, { cause });
}

/** @throws TooLarge */
function checkSize({ width, height, hasAlpha }: Metadata, { maxSide, maxMegapixels }: DecodeRules): void {
  const isShrunk = maxSide !== undefined && !hasAlpha;
  const most = maxMegapixels ?? (isShrunk ? MOST_MEGAPIXELS.shrunk : MOST_MEGAPIXELS.full);
  if (width * height <= most * 1e6) return;
  const remedy = isShrunk || hasAlpha ? 'Raise `maxMegapixels`' : 'Set `maxSide`, raise `maxMegapixels`';
  throw new TooLarge(`it has ${width} x ${height} pixels, at most ${most} million are allowed. ${remedy}, or replace the file by a smaller one.`); // prettier-ignore
}

function undecodable(path: string, cause: Error): CarlError {
  const reason = shortened(cause.message.trim().replace(/\s+/g, ' '));
  const advice = unreadableSuffix(suffixOf(path)) ?? (reason.includes('channel limit') ? MANY_CHANNELS : DAMAGED);
  return new CarlError('INPUT_DATA', `${path} cannot be decoded (${reason}). ${advice}`, { cause });
}

const MANY_CHANNELS = 'It has more channels than a photograph; store such images as arrays in an npz archive.';

const DAMAGED =
  'It may be damaged or incomplete: repair or remove it, and continue the run with --resume if there is one; or leave damaged images out: with `onCorrupt: skip` in `data` of the pipeline (--set data.onCorrupt=skip), or with --skip-corrupt in carl embed and outliers.';

/** The first words of a text; decoders can report the same error many times. */
function shortened(text: string): string {
  return text.length <= LONGEST_REASON ? text : `${text.slice(0, LONGEST_REASON)}...`;
}

async function decode(stored: Uint8Array, rules: DecodeRules): Promise<Decoded> {
  // 'error': warnings of libjpeg, common for images from the web, are ignored; missing data is an error.
  const image = sharp(stored, { failOn: 'error', ignoreIcc: true, autoOrient: rules.orient, limitInputPixels: false });
  const metadata = await image.metadata();
  if (!FORMATS.has(metadata.format)) throw new Error(`${metadata.format} files are not supported`);
  checkSize(metadata, rules);
  if (isFloat(metadata) && metadata.channels >= 3)
    throw new Error('it has floating-point colours, whose range is not known; save it with 8 or 16 bits');
  if (metadata.depth !== 'uchar' && metadata.depth !== 'ushort') await checkRange(image);
  const opaque = await opaqueImage(image, stored, { metadata, rules });
  const decoded = await toBytes(rules.maxSide === undefined ? opaque : downsized(opaque, rules.maxSide), rules);
  if (isFloat(metadata) && decoded.bytes.every(level => level <= 1))
    throw new Error('its floating-point values are at most 1, so it would become black; save it with 8 or 16 bits');
  return decoded;
}

/** Levels of other types than bytes and 16 bits without a sign have no known white; those of a byte are taken as they are. */
async function checkRange(image: Sharp): Promise<void> {
  const { channels } = await image.stats();
  const [least, most] = [Math.min(...channels.map(one => one.min)), Math.max(...channels.map(one => one.max))];
  if (least < 0 || most > 255)
    throw new Error(`its levels are ${least} to ${most}, and their white is not known; save it with 8 or 16 bits`);
}

/**
 * The image without transparency and in colours that sharp does not convert otherwise than Pillow, and so torchvision:
 * sharp prints CMYK by a colour profile, and gives transparent pixels of a GIF no colour.
 */
async function opaqueImage(
  image: Sharp,
  stored: Uint8Array,
  {
    metadata: { format, hasAlpha, space },
    rules: { maxSide, maxMegapixels = MOST_MEGAPIXELS.full },
  }: { readonly metadata: Metadata; readonly rules: DecodeRules },
): Promise<Sharp> {
  if (space === 'cmyk') return rgbFromCmyk(image);
  if (format === 'gif' && hasAlpha) return fromRgb(decodeGif(stored, maxMegapixels * 1e6));
  // Alpha goes before an image is made smaller, because sharp would weight colours by it.
  return hasAlpha && maxSide !== undefined ? withoutAlpha(image) : image;
}

function isFloat({ depth }: Metadata): boolean {
  return depth === 'float' || depth === 'double';
}

function downsized(image: Sharp, side: number): Sharp {
  return image.resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true });
}

async function withoutAlpha(image: Sharp): Promise<Sharp> {
  const { data, info } = await image.removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  return sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
}

/** Converts inks to light as Pillow does: without a profile, (255 - ink)(255 - black) / 255. */
async function rgbFromCmyk(image: Sharp): Promise<Sharp> {
  const { data: inks, info } = await image
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) {
    const light = 255 - inks[channels * i + 3];
    for (let c = 0; c < 3; c++) data[3 * i + c] = Math.max(0, light - scaled(inks[channels * i + c], light));
  }
  return fromRgb({ data, width, height });
}

/** a b / 255, rounded. */
function scaled(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

function fromRgb({ data, width, height }: RgbPixels): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
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
