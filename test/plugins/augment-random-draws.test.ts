import type { Image, NestedOptions } from '@carl-ssl/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { augmentation, distance, imageOf, noise, stream } from './augment-components.js';
import { criticalDistance, distanceFromUniform, SAMPLES } from './augment-distribution.js';

/** Image whose two channels are the row and the column of each pixel. */
function coordinates(height: number, width: number): Image {
  return imageOf([height, width, 2], (y, x, c) => (c === 0 ? y : x));
}

/**
 * Boxes drawn by a random crop. With `nearest`, the first of 2x2 pixels is the corner of the box; a single bilinear
 * pixel is its centre.
 */
function boxes(options: Record<string, unknown>, image: Image, count = SAMPLES) {
  const crop = { use: 'random-resized-crop', ...options };
  const corners = augmentation({ ...crop, size: 2, interpolation: 'nearest' });
  const centres = augmentation({ ...crop, size: 1, antialias: false });
  return Array.from({ length: count }, (_, i) => {
    const [top, left] = corners.apply(image, stream(i)).data;
    const [middle, centre] = centres.apply(image, stream(i)).data;
    return { top, left, height: 2 * (middle - top) + 1, width: 2 * (centre - left) + 1 };
  });
}

/** Fraction of random streams with which an operation changes the image. */
function changedFraction(options: NestedOptions, image: Image, count = SAMPLES): number {
  const operation = augmentation(options);
  const changed = Array.from({ length: count }, (_, i) => distance(operation.apply(image, stream(i)), image) > 0);
  return changed.filter(Boolean).length / count;
}

const critical = criticalDistance(SAMPLES);

describe('random-resized-crop', function () {
  this.slow(2000);

  it('draws the area uniformly', () => {
    const areas = boxes({ scale: [0.2, 0.8], ratio: [1, 1] }, coordinates(200, 200)).map(
      box => (box.height * box.width) / 200 ** 2,
    );
    expect(distanceFromUniform(areas.map(area => (area - 0.2) / 0.6))).to.be.below(critical + 0.01);
  });

  it('draws the logarithm of the aspect ratio uniformly', () => {
    const ratios = boxes({ scale: [0.25, 0.25], ratio: [0.5, 2] }, coordinates(200, 200)).map(
      box => box.width / box.height,
    );
    expect(distanceFromUniform(ratios.map(ratio => Math.log2(ratio) / 2 + 0.5))).to.be.below(critical + 0.01);
  });

  it('draws the position of the box uniformly', () => {
    const drawn = boxes({ scale: [0.25, 0.25], ratio: [1, 1] }, coordinates(200, 100));
    const [rows, columns] = [200 - 71, 100 - 71];
    expect(new Set(drawn.map(box => `${box.height}x${box.width}`))).to.deep.equal(new Set(['71x71']));
    expect(distanceFromUniform(drawn.map(box => (box.top + 0.5) / (rows + 1)))).to.be.below(critical + 0.01);
    expect(distanceFromUniform(drawn.map(box => (box.left + 0.5) / (columns + 1)))).to.be.below(critical + 0.02);
  });

  it('takes the largest central box of an allowed aspect ratio after ten failed attempts', () => {
    expect(boxes({ scale: [1, 1], ratio: [1, 2] }, coordinates(60, 30), 1)).to.deep.equal([
      { top: 15, left: 0, height: 30, width: 30 },
    ]);
    expect(boxes({ scale: [1, 1], ratio: [0.5, 0.5] }, coordinates(20, 30), 1)).to.deep.equal([
      { top: 0, left: 10, height: 20, width: 10 },
    ]);
  });

  it('stays inside images of any shape', () => {
    const side = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(side, side, fc.nat(), (height, width, seed) => {
        const crop = augmentation({ use: 'random-resized-crop', size: 64, interpolation: 'nearest' });
        const { data } = crop.apply(coordinates(height, width), stream(seed));
        for (let i = 0; i < data.length; i += 2) {
          if (data[i] > height - 1 || data[i + 1] > width - 1) throw new Error('outside');
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('random-crop', () => {
  it('draws every position of the padded image equally often', () => {
    const crop = augmentation({ use: 'random-crop', size: 3, padding: 1 });
    const counts = new Map<string, number>();
    const image = imageOf([3, 3, 1], (y, x) => 1 + 3 * y + x);
    for (let i = 0; i < SAMPLES; i++) {
      const key = crop.apply(image, stream(i)).data.join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const expected = SAMPLES / 9;
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(counts.size).to.equal(9);
    expect(chiSquared).to.be.below(26.1);
  });

  it('pads with zeros, repeated border pixels or the mirrored image', () => {
    const image = imageOf([1, 3, 1], (_y, x) => x + 1);
    const padded = (border: string) => {
      const crop = augmentation({ use: 'random-crop', size: [3, 5], padding: 1, border });
      return [...crop.apply(image, stream(0)).data];
    };
    expect(padded('zero')).to.deep.equal([0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0]);
    expect(padded('edge')).to.deep.equal([1, 1, 2, 3, 3, 1, 1, 2, 3, 3, 1, 1, 2, 3, 3]);
    expect(padded('reflect')).to.deep.equal([2, 1, 2, 3, 2, 2, 1, 2, 3, 2, 2, 1, 2, 3, 2]);
  });
});

describe('random augmentations', function () {
  this.slow(2000);

  const image = noise(4, 6, 3);
  const operations = [
    { use: 'random-horizontal-flip', probability: 0.3 },
    { use: 'random-vertical-flip', probability: 0.3 },
    { use: 'random-grayscale', probability: 0.3 },
    { use: 'random-solarize', probability: 0.3 },
    { use: 'random-color-jitter', brightness: 0.4, probability: 0.7 },
    { use: 'random-gaussian-blur', kernelSize: 3, sigma: [1, 2], probability: 0.6 },
    { use: 'random-rotate', degrees: 30, probability: 0.4 },
  ];

  for (const operation of operations) {
    const { use, probability } = operation;
    it(`apply ${use} with its probability`, () => {
      const tolerance = 3.5 * Math.sqrt((probability * (1 - probability)) / SAMPLES);
      expect(changedFraction(operation, image)).to.be.closeTo(probability, tolerance);
    });

    it(`never apply ${use} with probability 0 and always with probability 1`, () => {
      expect(changedFraction({ ...operation, probability: 0 }, image, 200)).to.equal(0);
      expect(changedFraction({ ...operation, probability: 1 }, image, 200)).to.equal(1);
    });
  }

  it('draw the brightness factor of random-color-jitter uniformly', () => {
    const gray = imageOf([1, 1, 3], () => 0.25);
    const jitter = augmentation({ use: 'random-color-jitter', brightness: 0.4, probability: 1 });
    const factors = Array.from({ length: SAMPLES }, (_, i) => jitter.apply(gray, stream(i)).data[0] / 0.25);
    expect(distanceFromUniform(factors.map(factor => (factor - 0.6) / 0.8))).to.be.below(critical);
  });

  it('draw the angle of random-rotate uniformly up to the largest one', () => {
    const ray = imageOf([41, 41, 1], (y, x) => (y === 20 && x > 20 ? 1 : 0));
    const rotate = augmentation({ use: 'random-rotate', degrees: 40 });
    const angles = Array.from({ length: 1000 }, (_, i) => {
      const { data } = rotate.apply(ray, stream(i));
      let [up, right] = [0, 0];
      data.forEach((value, at) => {
        up += value * (20 - Math.floor(at / 41));
        right += value * ((at % 41) - 20);
      });
      return (Math.atan2(up, right) * 180) / Math.PI;
    });
    expect(Math.max(...angles)).to.be.within(38, 40.5);
    expect(Math.min(...angles)).to.be.within(-40.5, -38);
    expect(distanceFromUniform(angles.map(angle => (angle + 40) / 80))).to.be.below(criticalDistance(1000) + 0.01);
  });
});
