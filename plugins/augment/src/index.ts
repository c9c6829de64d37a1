import { definePlugin } from '@carl-ssl/core';
import { randomColorJitter } from './random/random-color-jitter.js';
import { randomCrop } from './random/random-crop.js';
import { randomGaussianBlur } from './random/random-gaussian-blur.js';
import { randomGrayscale } from './random/random-grayscale.js';
import { randomHorizontalFlip } from './random/random-horizontal-flip.js';
import { randomResizedCrop } from './random/random-resized-crop.js';
import { randomRotate } from './random/random-rotate.js';
import { randomSolarize } from './random/random-solarize.js';
import { randomVerticalFlip } from './random/random-vertical-flip.js';
import { brightness } from './steps/brightness.js';
import { chain } from './steps/chain.js';
import { colorJitter } from './steps/color-jitter.js';
import { contrast } from './steps/contrast.js';
import { gaussianBlur } from './steps/gaussian-blur.js';
import { grayscale } from './steps/grayscale.js';
import { horizontalFlip } from './steps/horizontal-flip.js';
import { hue } from './steps/hue.js';
import { normalize } from './steps/normalize.js';
import { resizeCenterCrop } from './steps/resize-center-crop.js';
import { resizedCrop } from './steps/resized-crop.js';
import { rotate } from './steps/rotate.js';
import { saturation } from './steps/saturation.js';
import { solarize } from './steps/solarize.js';
import { verticalFlip } from './steps/vertical-flip.js';
import { byolViews } from './views/byol-views.js';
import { multiCrop } from './views/multi-crop.js';
import { simclrViews } from './views/simclr-views.js';
import { views } from './views/views.js';

export type { Box, Size } from './maths/geometry.js';
export type { Interpolation, Sampling } from './maths/interpolation.js';
export { cutCentre, resize, resizeBox, resizeToCover } from './maths/resize.js';
export { toGray } from './maths/gray.js';

const steps = [
  ...[resizedCrop, resizeCenterCrop, horizontalFlip, verticalFlip, rotate],
  ...[brightness, contrast, saturation, hue, grayscale, colorJitter],
  ...[gaussianBlur, solarize, normalize, chain],
];

const randomSteps = [
  ...[randomResizedCrop, randomCrop, randomHorizontalFlip, randomVerticalFlip, randomRotate],
  ...[randomColorJitter, randomGrayscale, randomGaussianBlur, randomSolarize],
];

export default definePlugin({
  name: '@carl-ssl/augment',
  components: [...steps, ...randomSteps, simclrViews, multiCrop, byolViews, views],
});
