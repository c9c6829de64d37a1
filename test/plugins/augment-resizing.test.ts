import type { NestedOptions } from '@carl-ssl/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { augmentation, distance, imageOf, noise, shapeOf, stream } from './augment-components.js';

const apply = (options: NestedOptions, image = noise(9, 12, 3)) => augmentation(options).apply(image, stream(0));

const shapes = fc.record({
  height: fc.integer({ min: 1, max: 20 }),
  width: fc.integer({ min: 1, max: 20 }),
  channels: fc.constantFrom(1, 3),
});
const interpolations = fc.constantFrom('nearest', 'bilinear', 'bicubic');

describe('resized-crop', () => {
  it('resizes a constant image to the same constant, for any size, interpolation and antialias', () => {
    fc.assert(
      fc.property(shapes, shapes, interpolations, fc.boolean(), (from, to, interpolation, antialias) => {
        const constant = (_y: number, _x: number, c: number) => 0.2 + 0.3 * c;
        const image = imageOf([from.height, from.width, from.channels], constant);
        const box = { top: 0, left: 0, height: from.height, width: from.width };
        const size = [to.height, to.width];
        const result = apply({ use: 'resized-crop', ...box, size, interpolation, antialias }, image);
        expect(shapeOf(result)).to.deep.equal([...size, from.channels]);
        expect(distance(result, imageOf([to.height, to.width, from.channels], constant))).to.be.below(1e-6);
      }),
      { numRuns: 300 },
    );
  });

  it('preserves the mean of an image shrunk by an integer factor with antialias', () => {
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const image = imageOf([32, 32, 1], (y, x) => (Math.sin(y) + Math.cos(2 * x) + 2) / 4);
    const box = { top: 0, left: 0, height: 32, width: 32 };
    const result = apply({ use: 'resized-crop', ...box, size: 8 }, image);
    expect(mean(result.data)).to.be.closeTo(mean(image.data), 0.01);
  });

  it('uses a cubic kernel of slope -0.75 and repeated border pixels for bicubic without antialias', () => {
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

  it('takes the pixel at or before the sampling point for nearest', () => {
    const image = imageOf([1, 3, 1], (_y, x) => x / 2);
    const box = { top: 0, left: 0, height: 1, width: 3 };
    const result = apply({ use: 'resized-crop', ...box, size: [1, 7], interpolation: 'nearest' }, image);
    expect([...result.data]).to.deep.equal([0, 0, 0, 0.5, 0.5, 1, 1]);
  });
});

describe('resize-center-crop', () => {
  it('surrounds an image smaller than the crop with zeros', () => {
    const image = imageOf([2, 2, 1], () => 1);
    const result = apply({ use: 'resize-center-crop', resize: 2, crop: 5 }, image);
    expect([...result.data].map((value, i) => (value ? i : -1)).filter(i => i >= 0)).to.deep.equal([6, 7, 11, 12]);
  });

  it('keeps the aspect ratio for one number and resizes exactly for [height, width]', () => {
    const image = imageOf([10, 20, 1], (_y, x) => x / 19);
    const kept = apply({ use: 'resize-center-crop', resize: 10, crop: 10 }, image);
    expect(kept.data[0]).to.be.closeTo(5 / 19, 1e-6);
    const exact = apply({ use: 'resize-center-crop', resize: [10, 10], crop: 10 }, image);
    expect(exact.data[0]).to.be.below(1.5 / 19);
  });
});
