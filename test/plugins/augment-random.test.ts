import type { Image } from '@carl-ssl/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { augmentation, distance, imageOf, noise, stream } from './augment-components.js';

const SAMPLES = 4000;

/** An image that tells every pixel's row and column. */
function atlas(height: number, width: number): Image {
  return imageOf([height, width, 2], (y, x, c) => (c === 0 ? y : x));
}

/** The boxes that a random crop draws, read off an atlas: the first of two nearest pixels is the corner, a single one the centre. */
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

/** Kolmogorov's distance of values in [0, 1] from the uniform distribution. */
function distanceFromUniform(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.reduce((largest, value, i) => {
    return Math.max(largest, Math.abs(value - i / sorted.length), Math.abs(value - (i + 1) / sorted.length));
  }, 0);
}

/** Exceeded once in a thousand times by uniform values. */
const KOLMOGOROV = 1.95 / Math.sqrt(SAMPLES);

/** Share of the images a step changes. */
function shareChanged(options: { use: string; [key: string]: unknown }, image: Image, count = SAMPLES): number {
  const step = augmentation(options);
  const changed = Array.from({ length: count }, (_, i) => distance(step.apply(image, stream(i)), image) > 0);
  return changed.filter(Boolean).length / count;
}

describe('random-resized-crop', function () {
  this.slow(2000);

  it('draws the area uniformly', () => {
    const areas = boxes({ scale: [0.2, 0.8], ratio: [1, 1] }, atlas(200, 200)).map(
      box => (box.height * box.width) / 200 ** 2,
    );
    expect(distanceFromUniform(areas.map(area => (area - 0.2) / 0.6))).to.be.below(KOLMOGOROV + 0.01);
  });

  it('draws the logarithm of the ratio uniformly', () => {
    const ratios = boxes({ scale: [0.25, 0.25], ratio: [0.5, 2] }, atlas(200, 200)).map(box => box.width / box.height);
    expect(distanceFromUniform(ratios.map(ratio => Math.log2(ratio) / 2 + 0.5))).to.be.below(KOLMOGOROV + 0.01);
  });

  it('puts the box anywhere inside', () => {
    const drawn = boxes({ scale: [0.25, 0.25], ratio: [1, 1] }, atlas(200, 100));
    const [rows, columns] = [200 - 71, 100 - 71];
    expect(new Set(drawn.map(box => `${box.height}x${box.width}`))).to.deep.equal(new Set(['71x71']));
    expect(distanceFromUniform(drawn.map(box => (box.top + 0.5) / (rows + 1)))).to.be.below(KOLMOGOROV + 0.01);
    expect(distanceFromUniform(drawn.map(box => (box.left + 0.5) / (columns + 1)))).to.be.below(KOLMOGOROV + 0.02);
  });

  it('takes the largest central box with an allowed ratio when ten tries fail', () => {
    expect(boxes({ scale: [1, 1], ratio: [1, 2] }, atlas(60, 30), 1)).to.deep.equal([
      { top: 15, left: 0, height: 30, width: 30 },
    ]);
    expect(boxes({ scale: [1, 1], ratio: [0.5, 0.5] }, atlas(20, 30), 1)).to.deep.equal([
      { top: 0, left: 10, height: 20, width: 10 },
    ]);
  });

  it('stays inside images of any shape', () => {
    const side = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(side, side, fc.nat(), (height, width, seed) => {
        const crop = augmentation({ use: 'random-resized-crop', size: 64, interpolation: 'nearest' });
        const { data } = crop.apply(atlas(height, width), stream(seed));
        for (let i = 0; i < data.length; i += 2) {
          if (data[i] > height - 1 || data[i + 1] > width - 1) throw new Error('outside');
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('random augmentations', function () {
  this.slow(2000);

  it('act with their probability', () => {
    const image = noise(4, 6, 3);
    const close = (share: number, probability: number, use: string) =>
      expect(Math.abs(share - probability), use).to.be.below(
        3.5 * Math.sqrt((probability * (1 - probability)) / SAMPLES),
      );
    for (const use of ['random-horizontal-flip', 'random-vertical-flip', 'random-grayscale', 'random-solarize']) {
      close(shareChanged({ use, probability: 0.3 }, image), 0.3, use);
    }
    close(shareChanged({ use: 'random-color-jitter', brightness: 0.4, probability: 0.7 }, image), 0.7, 'jitter');
    close(
      shareChanged({ use: 'random-gaussian-blur', kernelSize: 3, sigma: [1, 2], probability: 0.6 }, image),
      0.6,
      'blur',
    );
    close(shareChanged({ use: 'random-rotate', degrees: 30, probability: 0.4 }, image), 0.4, 'rotate');
  });

  it('never act with probability 0 and always with 1', () => {
    const image = noise(24, 24, 3);
    const blur = { use: 'random-gaussian-blur', sigma: [1, 2] };
    for (const step of [
      { use: 'random-horizontal-flip' },
      { use: 'random-grayscale' },
      { use: 'random-solarize' },
      blur,
    ]) {
      expect(shareChanged({ ...step, probability: 0 }, image, 200), step.use).to.equal(0);
      expect(shareChanged({ ...step, probability: 1 }, image, 200), step.use).to.equal(1);
    }
  });

  it('draw the factor of the brightness uniformly', () => {
    const image = imageOf([1, 1, 3], () => 0.25);
    const jitter = augmentation({ use: 'random-color-jitter', brightness: 0.4, probability: 1 });
    const factors = Array.from({ length: SAMPLES }, (_, i) => jitter.apply(image, stream(i)).data[0] / 0.25);
    expect(distanceFromUniform(factors.map(factor => (factor - 0.6) / 0.8))).to.be.below(KOLMOGOROV);
  });

  it('draw, for the colour jitter: whether, order, brightness, contrast, saturation, hue', () => {
    const image = noise(5, 5, 3);
    const names = ['brightness', 'contrast', 'saturation', 'hue'];
    const jitter = augmentation({
      use: 'random-color-jitter',
      brightness: 0.8,
      contrast: 1.5,
      saturation: 0.6,
      hue: 0.2,
      probability: 1,
    });
    const orders = new Set<string>();
    for (let seed = 0; seed < 400; seed++) {
      const random = stream(seed);
      random.uniform();
      const order = Array.from(random.permutation(4), index => names[index]);
      const [brightness, contrast] = [random.range(0.2, 1.8), random.range(0, 2.5)];
      const [saturation, hue] = [random.range(0.4, 1.6), random.range(-0.2, 0.2)];
      const expected = augmentation({ use: 'color-jitter', order, brightness, contrast, saturation, hue }).apply(
        image,
        random,
      );
      expect(distance(jitter.apply(image, stream(seed)), expected)).to.equal(0);
      orders.add(order.join());
    }
    expect(orders.size).to.equal(24);
  });

  it('draw, for the blur: whether, sigma; with a kernel of a tenth of the shorter side', () => {
    for (const [side, kernelSize] of [
      [19, 1],
      [28, 3],
      [64, 7],
      [224, 23],
    ]) {
      const image = noise(side, side + 5, 1);
      const random = stream(side);
      random.uniform();
      const expected = augmentation({ use: 'gaussian-blur', kernelSize, sigma: random.range(0.1, 2) }).apply(
        image,
        random,
      );
      const actual = augmentation({ use: 'random-gaussian-blur', probability: 1 }).apply(image, stream(side));
      expect(distance(actual, expected), String(side)).to.equal(0);
    }
  });

  it('cut a padded image at every place equally often', () => {
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

  it('turn by angles up to the given one', () => {
    const image = imageOf([41, 41, 1], (y, x) => (y === 20 && x > 20 ? 1 : 0));
    const rotate = augmentation({ use: 'random-rotate', degrees: 40 });
    const angles = Array.from({ length: 1000 }, (_, i) => {
      const { data } = rotate.apply(image, stream(i));
      let [up, right] = [0, 0];
      data.forEach((value, at) => {
        up += value * (20 - Math.floor(at / 41));
        right += value * ((at % 41) - 20);
      });
      return (Math.atan2(up, right) * 180) / Math.PI;
    });
    expect(Math.max(...angles)).to.be.within(38, 40.5);
    expect(Math.min(...angles)).to.be.within(-40.5, -38);
    expect(distanceFromUniform(angles.map(angle => (angle + 40) / 80))).to.be.below(1.95 / Math.sqrt(1000) + 0.01);
  });
});
