import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { blur, gaussianKernel } from '../maths/blur.js';
import { closed } from '../options/closed.js';
import { kernelSizeFindings, kernelSizeOption } from '../options/kernel-size.js';

/** Weights exp(-x^2 / (2 sigma^2)) in both directions, the image mirrored at its border. */
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
