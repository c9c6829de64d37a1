import { defineComponent, slots, Type } from '@carl-ssl/core';
import type { Finding } from '@carl-ssl/core';
import { blur, evenKernelMessage, gaussianKernel, kernelSizeFor } from '../maths/blur.js';
import { closed, PositiveRange, Probability, rangeFindings } from '../options/schema.js';
import { withProbability } from './composition.js';

const kernelSizeOption = Type.Integer({
  minimum: 1,
  maximum: 1023,
  description: 'Side of the square blur kernel in pixels; must be odd.',
});

/** Convolution with weights exp(-x^2 / (2 sigma^2)) in both directions; the image is mirrored at its border. */
export const gaussianBlur = defineComponent(slots.augmentation, {
  use: 'gaussian-blur',
  description: 'Blurs the image with a Gaussian kernel.',
  source: 'torchvision gaussian_blur',
  options: Type.Object(
    {
      kernelSize: kernelSizeOption,
      sigma: Type.Number({ exclusiveMinimum: 0, description: 'Standard deviation of the kernel in pixels.' }),
    },
    closed,
  ),
  check: ({ kernelSize }) => kernelSizeFindings(kernelSize),
  create: ({ kernelSize, sigma }) => {
    const kernel = gaussianKernel(kernelSize, sigma);
    return { apply: image => blur(image, kernel) };
  },
});

/** Random form of {@link gaussianBlur}. Draws whether to blur, then sigma. */
export const randomGaussianBlur = defineComponent(slots.augmentation, {
  use: 'random-gaussian-blur',
  description:
    'Blurs the image with a Gaussian kernel of random width, with a probability. Without `kernelSize`, the kernel side is about a tenth of the shorter image side, and images smaller than 20 pixels are not blurred.',
  source: 'arXiv 2002.05709, appendix A; torchvision GaussianBlur',
  options: Type.Object(
    {
      kernelSize: Type.Optional(kernelSizeOption),
      sigma: PositiveRange({
        default: [0.1, 2],
        description: 'Smallest and largest standard deviation of the kernel in pixels, drawn uniformly in between.',
      }),
      probability: Probability(0.5, 'Probability that an image is blurred.'),
    },
    closed,
  ),
  check: ({ kernelSize, sigma }) => [...kernelSizeFindings(kernelSize), ...rangeFindings('sigma', sigma)],
  create: ({ kernelSize, sigma, probability }) => ({
    apply: withProbability(probability, (image, random, drawn) => {
      const kernel = { side: kernelSize ?? kernelSizeFor(image), sigma: random.range(sigma[0], sigma[1]) };
      // A kernel of one pixel leaves the image unchanged.
      if (kernel.side > 1) drawn?.('blur', kernel);
      return blur(image, gaussianKernel(kernel.side, kernel.sigma));
    }),
  }),
});

/** Error for a kernel with an even side. */
function kernelSizeFindings(kernelSize: number | undefined): readonly Finding[] {
  if (kernelSize === undefined || kernelSize % 2 === 1) return [];
  return [
    { severity: 'error', code: 'AUGMENT_KERNEL_EVEN', path: 'kernelSize', message: evenKernelMessage(kernelSize) },
  ];
}
