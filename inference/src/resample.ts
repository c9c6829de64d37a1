import type { Image } from './pixels.js';

/** Interpolation between pixels when an image is resized. */
export interface Sampling {
  readonly interpolation: 'nearest' | 'bilinear' | 'bicubic';
  /** Widens the filter when shrinking, so that every pixel contributes. */
  readonly antialias: boolean;
}

/** The pixels and weights that each pixel of the result is a sum of, along one axis. */
type Taps = readonly { readonly start: number; readonly weights: readonly number[] }[];

/** Resizes an image with the filters of torchvision: [H, W, C] -> [height, width, C]. */
export function resized(
  image: Image,
  size: { readonly height: number; readonly width: number },
  sampling: Sampling,
): Image {
  const { height, width } = size;
  if (height === image.height && width === image.width) return image;
  const { channels } = image;
  const rows = filtered(image.data, { lines: image.height, length: image.width, stride: channels }, taps(image.width, width, sampling)); // prettier-ignore
  const data = filtered(rows, { lines: 1, length: image.height, stride: width * channels }, taps(image.height, height, sampling)); // prettier-ignore
  return { height, width, channels, data };
}

/** Lines of `length` places with `stride` values each. */
interface Layout {
  readonly lines: number;
  readonly length: number;
  readonly stride: number;
}

function filtered(data: Float32Array, { lines, length, stride }: Layout, all: Taps): Float32Array {
  const result = new Float32Array(lines * all.length * stride);
  for (let line = 0; line < lines; line++)
    for (const [i, { start, weights }] of all.entries()) {
      const target = (line * all.length + i) * stride;
      const source = (line * length + start) * stride;
      for (let c = 0; c < stride; c++) {
        let sum = 0;
        for (let t = 0; t < weights.length; t++) sum += weights[t] * data[source + t * stride + c];
        result[target + c] = sum;
      }
    }
  return result;
}

function taps(input: number, output: number, { interpolation, antialias }: Sampling): Taps {
  const places = Array.from({ length: output }, (_, i) => i);
  if (interpolation === 'nearest')
    return places.map(i => ({ start: Math.min(Math.floor((i * input) / output), input - 1), weights: [1] }));
  const isCubic = interpolation === 'bicubic';
  return places.map(i => (antialias ? stretched(i, input / output, { input, isCubic }) : interpolated(i, input / output, { input, isCubic }))); // prettier-ignore
}

interface Axis {
  /** Pixels of the source. */
  readonly input: number;
  readonly isCubic: boolean;
}

/** A filter that is widened when shrinking, cut off at the borders and divided by its sum. */
function stretched(i: number, scale: number, { input, isCubic }: Axis): Taps[number] {
  const stretch = Math.max(1, scale);
  const support = (isCubic ? 2 : 1) * stretch;
  const centre = scale * (i + 0.5);
  const start = Math.max(0, Math.trunc(centre - support + 0.5));
  const end = Math.min(input, Math.trunc(centre + support + 0.5));
  const raw = Array.from({ length: end - start }, (_, t) => {
    const distance = (start + t - centre + 0.5) / stretch;
    return isCubic ? cubic(distance, -0.5) : triangle(distance);
  });
  const sum = raw.reduce((a, b) => a + b, 0);
  return { start, weights: raw.map(weight => weight / sum) };
}

/** A filter of two or four neighbours; the outermost pixels are repeated beyond the borders. */
function interpolated(i: number, scale: number, { input, isCubic }: Axis): Taps[number] {
  const reach = isCubic ? 2 : 1;
  const inside = (place: number): number => Math.min(Math.max(place, 0), input - 1);
  const centre = scale * (i + 0.5) - 0.5;
  const first = Math.floor(centre) + 1 - reach;
  const start = inside(first);
  const weights = new Array<number>(inside(first + 2 * reach - 1) - start + 1).fill(0);
  for (let place = first; place < first + 2 * reach; place++)
    weights[inside(place) - start] += isCubic ? cubic(centre - place, -0.75) : triangle(centre - place);
  return { start, weights };
}

function triangle(distance: number): number {
  return Math.max(0, 1 - Math.abs(distance));
}

/** Cubic convolution kernel of Keys (1981) with slope `a` at distance 1. */
function cubic(distance: number, a: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? a * (((x - 5) * x + 8) * x - 4) : 0;
}
