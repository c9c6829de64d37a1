import { CarlError } from '@carl-ssl/core';
import type { Image } from '@carl-ssl/core';
import { emptyFilter } from './axis-filter.js';
import type { AxisFilter } from './axis-filter.js';
import { describeImage, fullBox } from './geometry.js';
import type { Size } from './geometry.js';
import { blurByVectors } from '../vectors/filter.js';
import { vectorsFor } from '../vectors/unit.js';
import { filterBox } from './separable.js';
import { mirrored } from './window.js';

/**
 * Weights exp(-x^2 / (2 sigma^2)) over an odd number of pixels, divided by their sum: [kernelSize].
 * @throws CarlError INPUT_PIPELINE if `kernelSize` is even
 */
export function gaussianKernel(kernelSize: number, sigma: number): Float64Array {
  if (kernelSize % 2 === 0) throw new CarlError('INPUT_PIPELINE', evenKernelMessage(kernelSize));
  const radius = (kernelSize - 1) / 2;
  const kernel = Float64Array.from({ length: kernelSize }, (_, i) => Math.exp(-0.5 * ((i - radius) / sigma) ** 2));
  const sum = kernel.reduce((total, weight) => total + weight, 0);
  return kernel.map(weight => weight / sum);
}

/** Message for a kernel with an even side. */
export function evenKernelMessage(kernelSize: number): string {
  return `\`kernelSize\` of a blur must be odd, but is ${kernelSize}. Use ${kernelSize - 1} or ${kernelSize + 1}.`;
}

/** Odd kernel size of about a tenth of the shorter image side, as in SimCLR; 1 (no blur) below 20 pixels. */
export function kernelSizeFor(image: Size): number {
  const tenth = Math.floor(Math.min(image.height, image.width) / 10);
  return 2 * Math.floor(tenth / 2) + 1;
}

/**
 * Convolves an image with a kernel in both directions; the image is mirrored about its outermost pixels.
 * @throws CarlError INPUT_PIPELINE if the kernel reaches beyond the mirrored image
 */
export function blur(image: Image, kernel: Float64Array): Image {
  if (kernel.length === 1) return image;
  const { height, width } = image;
  const largest = 2 * Math.min(height, width) - 1;
  if (kernel.length > largest) throw largeKernel(image, kernel.length, largest);
  const unit = vectorsFor(image);
  if (unit) return blurByVectors(unit, image, kernel);
  const across = mirroredFilter(width, kernel);
  const down = height === width ? across : mirroredFilter(height, kernel);
  return filterBox(image, fullBox(image), { across, down });
}

function largeKernel(image: Image, kernelSize: number, largest: number): CarlError {
  return new CarlError(
    'INPUT_PIPELINE',
    `\`kernelSize\` ${kernelSize} of a blur is too large for an image of ${describeImage(image)}, ` +
      `which is mirrored once at each border. Use a \`kernelSize\` of ${largest} or smaller.`,
  );
}

/** Filter that adds weights beyond a border to the weights of the mirrored pixels, so that no pixel outside is read. */
function mirroredFilter(length: number, kernel: Float64Array): AxisFilter {
  const radius = (kernel.length - 1) / 2;
  const filter = emptyFilter(length, Math.min(kernel.length, length));
  for (let i = 0; i < length; i++) {
    const start = Math.max(0, i - radius);
    filter.starts[i] = start;
    filter.counts[i] = Math.min(length, i + radius + 1) - start;
    for (let k = 0; k < kernel.length; k++) {
      filter.weights[i * filter.taps + mirrored(i + k - radius, length) - start] += kernel[k];
    }
  }
  return filter;
}
