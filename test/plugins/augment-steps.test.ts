import { CarlError } from '@carl-ssl/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { augmentation, distance, imageOf, noise, shapeOf, stream } from './augment-components.js';

const apply = (options: { use: string; [key: string]: unknown }, image = noise(9, 12, 3)) =>
  augmentation(options).apply(image, stream(0));

const shapes = fc.record({
  height: fc.integer({ min: 1, max: 20 }),
  width: fc.integer({ min: 1, max: 20 }),
  channels: fc.constantFrom(1, 3),
});
const interpolations = fc.constantFrom('nearest', 'bilinear', 'bicubic');

describe('augmentation steps', () => {
  it('leave their argument alone and keep finite values, whatever the shape', () => {
    const steps = [
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
      fc.property(shapes, fc.constantFrom(...steps), fc.nat(1000), ({ height, width, channels }, step, seed) => {
        const image = noise(height, width, channels);
        const before = image.data.slice();
        const result = augmentation(step).apply(image, stream(seed));
        expect(image.data).to.deep.equal(before);
        expect(result.data.length).to.equal(result.height * result.width * result.channels);
        expect(result.data.every(value => value >= -1e-6 && value <= 1 + 1e-6)).to.equal(true);
      }),
      { numRuns: 400 },
    );
  });

  it('resize a constant image to the same constant, to any size, by any method', () => {
    fc.assert(
      fc.property(shapes, shapes, interpolations, fc.boolean(), (from, to, interpolation, antialias) => {
        const image = imageOf([from.height, from.width, from.channels], (_y, _x, c) => 0.2 + 0.3 * c);
        const box = { top: 0, left: 0, height: from.height, width: from.width };
        const size = [to.height, to.width];
        const result = apply({ use: 'resized-crop', ...box, size, interpolation, antialias }, image);
        expect(shapeOf(result)).to.deep.equal([...size, from.channels]);
        expect(
          distance(
            result,
            imageOf([to.height, to.width, from.channels], (_y, _x, c) => 0.2 + 0.3 * c),
          ),
        ).to.be.below(1e-6);
      }),
      { numRuns: 300 },
    );
  });

  it('keep the mean of an image that is shrunk by a whole number with antialias', () => {
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const image = imageOf([32, 32, 1], (y, x) => (Math.sin(y) + Math.cos(2 * x) + 2) / 4);
    const box = { top: 0, left: 0, height: 32, width: 32 };
    const smooth = apply({ use: 'resized-crop', ...box, size: 8 }, image);
    expect(mean(smooth.data)).to.be.closeTo(mean(image.data), 0.01);
  });

  it('interpolate cubically with slope -0.75 and repeated borders without antialias', () => {
    const image = imageOf([1, 4, 1], (_y, x) => [0, 1, 0, 0][x]);
    const box = { top: 0, left: 0, height: 1, width: 4 };
    const result = apply(
      { use: 'resized-crop', ...box, size: [1, 8], interpolation: 'bicubic', antialias: false },
      image,
    );
    const inner = (d: number) => 1.25 * d ** 3 - 2.25 * d ** 2 + 1;
    const outer = (d: number) => -0.75 * d ** 3 + 3.75 * d ** 2 - 6 * d + 3;
    const expected = [1.25, 0.75, 0.25, 0.25, 0.75, 1.25, 1.75, 2.25].map(d =>
      d < 1 ? inner(d) : d < 2 ? outer(d) : 0,
    );
    result.data.forEach((value, i) => expect(value).to.be.closeTo(expected[i], 1e-6));
  });

  it('take the nearest pixel at or before with nearest', () => {
    const image = imageOf([1, 3, 1], (_y, x) => x / 2);
    const box = { top: 0, left: 0, height: 1, width: 3 };
    const result = apply({ use: 'resized-crop', ...box, size: [1, 7], interpolation: 'nearest' }, image);
    expect([...result.data]).to.deep.equal([0, 0, 0, 0.5, 0.5, 1, 1]);
  });

  it('change nothing when there is nothing to change', () => {
    const image = noise(9, 12, 3);
    const identities = [
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
      { use: 'random-crop', size: [9, 12] },
      { use: 'random-resized-crop', size: [9, 12], scale: [1, 1], ratio: [12 / 9, 12 / 9] },
    ];
    for (const step of identities) expect(distance(apply(step, image), image), step.use).to.be.below(1e-6);
  });

  it('undo themselves: flips twice, quarter turns four times, hue there and back', () => {
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

  it('turn a rectangle by nearest pixels as a square within it', () => {
    const image = imageOf([3, 5, 1], (y, x) => (y * 5 + x) / 15);
    const result = apply({ use: 'rotate', angle: 90, interpolation: 'nearest' }, image);
    const rows = [0, 1, 2].map(y => [...result.data.slice(5 * y, 5 * y + 5)].map(value => Math.round(value * 15)));
    expect(rows).to.deep.equal([
      [0, 3, 8, 13, 0],
      [0, 2, 7, 12, 0],
      [0, 1, 6, 11, 0],
    ]);
  });

  it('brighten and contrast images of one channel, and leave their colour alone', () => {
    const image = imageOf([1, 2, 1], (_y, x) => [0.2, 0.6][x]);
    expect([...apply({ use: 'brightness', factor: 2 }, image).data]).to.deep.equal([Math.fround(0.4), 1]);
    const contrast = apply({ use: 'contrast', factor: 0.5 }, image).data;
    expect(contrast[0]).to.be.closeTo(0.3, 1e-6);
    expect(contrast[1]).to.be.closeTo(0.5, 1e-6);
    for (const step of [
      { use: 'saturation', factor: 0 },
      { use: 'hue', shift: 0.3 },
      { use: 'grayscale', channels: 1 },
    ]) {
      expect(apply(step, image)).to.equal(image);
    }
    expect([...apply({ use: 'grayscale', channels: 3 }, image).data]).to.deep.equal(
      [0.2, 0.2, 0.2, 0.6, 0.6, 0.6].map(Math.fround),
    );
  });

  it('frame an image that is smaller than the crop with zeros', () => {
    const image = imageOf([2, 2, 1], () => 1);
    const result = apply({ use: 'resize-center-crop', resize: 2, crop: 5 }, image);
    expect([...result.data].map((value, i) => (value ? i : -1)).filter(i => i >= 0)).to.deep.equal([6, 7, 11, 12]);
  });

  it('pad with zeros, mirrored or repeated pixels', () => {
    const image = imageOf([1, 3, 1], (_y, x) => x + 1);
    const padded = (border: string) => {
      const rows = apply({ use: 'random-crop', size: [3, 5], padding: 1, border }, image);
      return [...rows.data];
    };
    expect(padded('zero')).to.deep.equal([0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0]);
    expect(padded('edge')).to.deep.equal([1, 1, 2, 3, 3, 1, 1, 2, 3, 3, 1, 1, 2, 3, 3]);
    expect(padded('reflect')).to.deep.equal([2, 1, 2, 3, 2, 2, 1, 2, 3, 2, 2, 1, 2, 3, 2]);
  });

  it('take images of one pixel', () => {
    const image = imageOf([1, 1, 3], (_y, _x, c) => 0.2 * (c + 1));
    for (const step of [
      { use: 'random-resized-crop', size: 1 },
      { use: 'random-gaussian-blur', probability: 1 },
      { use: 'contrast', factor: 1 },
      { use: 'rotate', angle: 180 },
    ]) {
      expect(distance(apply(step, image), image), step.use).to.be.below(1e-6);
    }
    const enlarged = apply({ use: 'random-resized-crop', size: 4, interpolation: 'bicubic' }, image);
    expect(
      distance(
        enlarged,
        imageOf([4, 4, 3], (_y, _x, c) => 0.2 * (c + 1)),
      ),
    ).to.be.below(1e-6);
  });
});

describe('errors of augmentation steps', () => {
  const message = (options: { use: string; [key: string]: unknown }, image = noise(4, 6, 3)): string => {
    try {
      apply(options, image);
    } catch (error) {
      if (CarlError.is(error) && error.code === 'INPUT_PIPELINE') return error.message;
      throw error;
    }
    throw new Error('no error');
  };

  it('say how large a blur kernel may be', () => {
    expect(message({ use: 'gaussian-blur', kernelSize: 9, sigma: 1 })).to.match(/4x6 pixels.*7 or smaller/s);
    expect(apply({ use: 'gaussian-blur', kernelSize: 7, sigma: 1 }, noise(4, 6, 3)).data).to.have.length(72);
  });

  it('say that a kernel needs a centre', () => {
    expect(message({ use: 'gaussian-blur', kernelSize: 4, sigma: 1 })).to.match(/is 4\. Use 3 or 5/);
  });

  it('say where a crop leaves the image', () => {
    const box = { top: 2, left: 0, height: 3, width: 6, size: 4 };
    expect(message({ use: 'resized-crop', ...box })).to.match(/`top` \+ `height` at most 4/);
  });

  it('say how much padding a crop lacks', () => {
    expect(message({ use: 'random-crop', size: 9, padding: 1 })).to.match(/`padding` at least 3/);
  });

  it('say how many numbers a normalisation needs', () => {
    expect(message({ use: 'normalize', mean: [0.5, 0.5], std: [1] })).to.match(/3 numbers, one a channel/);
  });
});
