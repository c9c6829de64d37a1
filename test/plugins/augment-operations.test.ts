import { CarlError } from '@carl-ssl/core';
import type { NestedOptions } from '@carl-ssl/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { augmentation, distance, imageOf, noise, stream } from './augment-components.js';

const apply = (options: NestedOptions, image = noise(9, 12, 3)) => augmentation(options).apply(image, stream(0));

const shapes = fc.record({
  height: fc.integer({ min: 1, max: 20 }),
  width: fc.integer({ min: 1, max: 20 }),
  channels: fc.constantFrom(1, 3),
});

describe('augmentation operations', () => {
  it('do not modify their argument and return values in [0, 1] for any shape', () => {
    const operations = [
      { use: 'horizontal-flip' },
      { use: 'vertical-flip' },
      { use: 'rotate', angle: 33 },
      { use: 'brightness', factor: 1.7 },
      { use: 'color-jitter', brightness: 0.4, contrast: 1.8, saturation: 1.9, hue: 0.3 },
      { use: 'grayscale', channels: 3 },
      { use: 'solarize', threshold: 0.4 },
      { use: 'resize-center-crop', resize: 7, crop: 5 },
      { use: 'random-resized-crop', size: [5, 8] },
      { use: 'random-color-jitter', brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.2, probability: 1 },
      { use: 'random-grayscale', probability: 1 },
      { use: 'random-gaussian-blur', probability: 1 },
      { use: 'random-rotate', degrees: 180 },
    ];
    fc.assert(
      fc.property(shapes, fc.constantFrom(...operations), fc.nat(1000), (shape, options, seed) => {
        const image = noise(shape.height, shape.width, shape.channels);
        const before = image.data.slice();
        const result = augmentation(options).apply(image, stream(seed));
        expect(image.data).to.deep.equal(before);
        expect(result.data.length).to.equal(result.height * result.width * result.channels);
        expect(result.data.every(value => value >= -1e-6 && value <= 1 + 1e-6)).to.equal(true);
      }),
      { numRuns: 400 },
    );
  });

  it('leave the image unchanged with neutral options', () => {
    const image = noise(9, 12, 3);
    const neutral = [
      { use: 'brightness', factor: 1 },
      { use: 'contrast', factor: 1 },
      { use: 'saturation', factor: 1 },
      { use: 'hue', shift: 0 },
      { use: 'color-jitter' },
      { use: 'gaussian-blur', kernelSize: 5, sigma: 1e-3 },
      { use: 'gaussian-blur', kernelSize: 1, sigma: 3 },
      { use: 'solarize', threshold: 1.1 },
      { use: 'normalize', mean: [0], std: [1] },
      { use: 'rotate', angle: 360 },
      { use: 'chain', steps: [] },
      { use: 'resized-crop', top: 0, left: 0, height: 9, width: 12, size: [9, 12], interpolation: 'bicubic' },
      { use: 'resize-center-crop', resize: 9, crop: [9, 12] },
      { use: 'random-resized-crop', size: [9, 12], scale: [1, 1], ratio: [12 / 9, 12 / 9] },
    ];
    for (const options of neutral) expect(distance(apply(options, image), image), options.use).to.be.below(1e-6);
  });

  it('restore the image with their inverse: two flips, opposite rotations, opposite hue shifts', () => {
    const image = noise(8, 8, 3);
    const pairs = [
      [{ use: 'horizontal-flip' }, { use: 'horizontal-flip' }],
      [{ use: 'vertical-flip' }, { use: 'vertical-flip' }],
      [
        { use: 'rotate', angle: 90 },
        { use: 'rotate', angle: -90 },
      ],
      [
        { use: 'rotate', angle: 180 },
        { use: 'rotate', angle: 180 },
      ],
      [
        { use: 'hue', shift: 0.21 },
        { use: 'hue', shift: -0.21 },
      ],
    ];
    for (const steps of pairs) {
      expect(distance(apply(steps[0], image), image), steps[0].use).to.be.above(0.1);
      expect(distance(apply({ use: 'chain', steps }, image), image), steps[0].use).to.be.below(1e-5);
    }
  });

  it('rotate a rectangle by 90 degrees on its own canvas', () => {
    const image = imageOf([3, 5, 1], (y, x) => (y * 5 + x) / 15);
    const result = apply({ use: 'rotate', angle: 90, interpolation: 'nearest' }, image);
    const rows = [0, 1, 2].map(y => [...result.data.slice(5 * y, 5 * y + 5)].map(value => Math.round(value * 15)));
    expect(rows).to.deep.equal([
      [0, 3, 8, 13, 0],
      [0, 2, 7, 12, 0],
      [0, 1, 6, 11, 0],
    ]);
  });

  it('adjust brightness and contrast of single-channel images and skip colour', () => {
    const image = imageOf([1, 2, 1], (_y, x) => [0.2, 0.6][x]);
    expect([...apply({ use: 'brightness', factor: 2 }, image).data]).to.deep.equal([Math.fround(0.4), 1]);
    const contrast = apply({ use: 'contrast', factor: 0.5 }, image).data;
    expect(contrast[0]).to.be.closeTo(0.3, 1e-6);
    expect(contrast[1]).to.be.closeTo(0.5, 1e-6);
    for (const options of [
      { use: 'saturation', factor: 0 },
      { use: 'hue', shift: 0.3 },
      { use: 'grayscale', channels: 1 },
    ]) {
      expect(apply(options, image), options.use).to.equal(image);
    }
    expect([...apply({ use: 'grayscale', channels: 3 }, image).data]).to.deep.equal(
      [0.2, 0.2, 0.2, 0.6, 0.6, 0.6].map(Math.fround),
    );
  });

  it('accept images of one pixel', () => {
    const color = (_y: number, _x: number, c: number) => 0.2 * (c + 1);
    const image = imageOf([1, 1, 3], color);
    for (const options of [
      { use: 'random-resized-crop', size: 1 },
      { use: 'random-gaussian-blur', probability: 1 },
      { use: 'contrast', factor: 1 },
      { use: 'rotate', angle: 180 },
    ]) {
      expect(distance(apply(options, image), image), options.use).to.be.below(1e-6);
    }
    const enlarged = apply({ use: 'random-resized-crop', size: 4, interpolation: 'bicubic' }, image);
    expect(distance(enlarged, imageOf([4, 4, 3], color))).to.be.below(1e-6);
  });
});

describe('error messages of augmentation operations', () => {
  const message = (options: NestedOptions, image = noise(4, 6, 3)): string => {
    try {
      apply(options, image);
    } catch (error) {
      if (CarlError.is(error) && error.code === 'INPUT_PIPELINE') return error.message;
      throw error;
    }
    throw new Error(`${options.use} threw no error`);
  };

  it('give the largest blur kernel for the image', () => {
    expect(message({ use: 'gaussian-blur', kernelSize: 9, sigma: 1 })).to.match(/4x6 pixels.*7 or smaller/s);
    expect(apply({ use: 'gaussian-blur', kernelSize: 7, sigma: 1 }, noise(4, 6, 3)).data).to.have.length(72);
  });

  it('give the odd kernel sizes next to an even one', () => {
    expect(message({ use: 'gaussian-blur', kernelSize: 4, sigma: 1 })).to.match(/is 4\. Use 3 or 5/);
  });

  it('give the bounds of a crop box outside the image', () => {
    const box = { top: 2, left: 0, height: 3, width: 6, size: 4 };
    expect(message({ use: 'resized-crop', ...box })).to.match(/`top` \+ `height` at most 4/);
  });

  it('give the padding that a random crop needs', () => {
    expect(message({ use: 'random-crop', size: 9, padding: 1 })).to.match(/`padding` to at least 3/);
    expect(apply({ use: 'random-crop', size: 9, padding: 3 }, noise(4, 6, 3)).data).to.have.length(243);
  });

  it('give the number of channels that statistics must fit', () => {
    expect(message({ use: 'normalize', mean: [0.5, 0.5], std: [1] })).to.match(
      /3 channels, but `mean` has length 2 .* one number per channel/,
    );
  });

  it('give the number of channels that grey cannot be computed from', () => {
    expect(message({ use: 'grayscale' }, noise(4, 6, 2))).to.match(/needs one or three channels.*2 channels/);
  });
});
