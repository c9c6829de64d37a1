import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { blur, gaussianKernel, kernelSizeFor } from '../maths/blur.js';
import { closed } from '../options/closed.js';
import { kernelSizeFindings, kernelSizeOption } from '../options/kernel-size.js';
import { Probability } from '../options/probability.js';
import { PositiveRange, rangeFindings } from '../options/range.js';

/** Draws: whether; then sigma. */
export const randomGaussianBlur = defineComponent(slots.augmentation, {
  use: 'random-gaussian-blur',
  description:
    'Blurs the image by a random amount with a probability. Without `kernelSize` the kernel is a tenth of the shorter side, and images below 20 pixels are not blurred.',
  source: 'arXiv 2002.05709, appendix A; torchvision GaussianBlur',
  options: Type.Object(
    {
      kernelSize: Type.Optional(kernelSizeOption),
      sigma: PositiveRange({
        default: [0.1, 2],
        description: 'Least and largest standard deviation of the kernel in pixels.',
      }),
      probability: Probability(0.5, 'Share of the images that are blurred.'),
    },
    closed,
  ),
  check: ({ kernelSize, sigma }) => [...kernelSizeFindings(kernelSize), ...rangeFindings('sigma', sigma)],
  create: ({ kernelSize, sigma, probability }) => ({
    apply: (image, random) => {
      if (!random.chance(probability)) return image;
      return blur(image, gaussianKernel(kernelSize ?? kernelSizeFor(image), random.range(sigma[0], sigma[1])));
    },
  }),
});
