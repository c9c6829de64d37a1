import { definePlugin } from '@carl-ssl/core';
import { chain } from './operations/chain.js';
import { brightness, contrast, hue, saturation } from './operations/color-adjustments.js';
import { colorJitter, randomColorJitter } from './operations/color-jitter.js';
import { horizontalFlip, randomHorizontalFlip, randomVerticalFlip, verticalFlip } from './operations/flip.js';
import { gaussianBlur, randomGaussianBlur } from './operations/gaussian-blur.js';
import { grayscale, randomGrayscale } from './operations/grayscale.js';
import { normalize } from './operations/normalize.js';
import { randomCrop } from './operations/random-crop.js';
import { resizeCenterCrop } from './operations/resize-center-crop.js';
import { randomResizedCrop, resizedCrop } from './operations/resized-crop.js';
import { randomRotate, rotate } from './operations/rotate.js';
import { randomSolarize, solarize } from './operations/solarize.js';
import { byolViews } from './views/byol-views.js';
import { multiCrop } from './views/multi-crop.js';
import { simclrViews } from './views/simclr-views.js';
import { views } from './views/views.js';

export type { Box, Size } from './maths/geometry.js';
export { toGray } from './maths/gray.js';
export type { Interpolation, Sampling } from './maths/interpolation.js';
export { cutCentre, resize, resizeBox, resizeToCover } from './maths/resize.js';

const plainOperations = [
  ...[resizedCrop, resizeCenterCrop, horizontalFlip, verticalFlip, rotate],
  ...[brightness, contrast, saturation, hue, grayscale, colorJitter],
  ...[gaussianBlur, solarize, normalize, chain],
];

const randomOperations = [
  ...[randomResizedCrop, randomCrop, randomHorizontalFlip, randomVerticalFlip, randomRotate],
  ...[randomColorJitter, randomGrayscale, randomGaussianBlur, randomSolarize],
];

export { withoutVectors } from './vectors/unit.js';

export default definePlugin({
  name: '@carl-ssl/augment',
  components: [...plainOperations, ...randomOperations, simclrViews, multiCrop, byolViews, views],
});
