import plugin from '@carl-ssl/augment';
import type { NestedOptions, Random } from '@carl-ssl/core';
import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { augmentation, distance, imageOf, noise, shapeOf, stream } from './augment-components.js';

/** Stream that lists its calls. */
function recording(random: Random): { readonly random: Random; readonly calls: string[] } {
  const calls: string[] = [];
  const recorded = <A extends unknown[], R>(name: string, draw: (...given: A) => R) => {
    return (...given: A): R => {
      calls.push(name);
      return draw(...given);
    };
  };
  return {
    calls,
    random: {
      uniform: recorded('uniform', () => random.uniform()),
      range: recorded('range', (low: number, high: number) => random.range(low, high)),
      integer: recorded('integer', (n: number) => random.integer(n)),
      chance: recorded('chance', (probability: number) => random.chance(probability)),
      normal: recorded('normal', () => random.normal()),
      permutation: recorded('permutation', (n: number) => random.permutation(n)),
    },
  };
}

const strengths = { brightness: 0.8, contrast: 1.5, saturation: 0.6, hue: 0.2 };

describe('draws of a random augmentation', () => {
  const callsOf = (options: NestedOptions) => {
    const { random, calls } = recording(stream(3));
    augmentation(options).apply(noise(20, 24, 3), random);
    return calls;
  };
  const withProbability = (options: NestedOptions, draws: readonly string[]) => {
    expect(callsOf({ ...options, probability: 1 })).to.deep.equal(['chance', ...draws]);
    expect(callsOf({ ...options, probability: 0 })).to.deep.equal(['chance']);
  };

  for (const use of ['random-horizontal-flip', 'random-vertical-flip', 'random-grayscale', 'random-solarize']) {
    it(`are one decision for ${use}`, () => withProbability({ use }, []));
  }

  it('are the decision and the angle for random-rotate', () =>
    withProbability({ use: 'random-rotate', degrees: 10 }, ['range']));

  it('are the decision and sigma for random-gaussian-blur', () =>
    withProbability({ use: 'random-gaussian-blur' }, ['range']));

  it('are the decision, the order and all four amounts for random-color-jitter, whatever the strengths', () => {
    for (const options of [strengths, { hue: 0.1 }, {}]) {
      withProbability({ use: 'random-color-jitter', ...options }, ['permutation', 'range', 'range', 'range', 'range']);
    }
  });

  it('are area, ratio, top and left for random-resized-crop if the first box fits', () => {
    const options = { use: 'random-resized-crop', size: 8, scale: [0.2, 0.4], ratio: [1, 1] };
    expect(callsOf(options)).to.deep.equal(['range', 'range', 'integer', 'integer']);
  });

  it('are area and ratio of ten attempts for random-resized-crop if no box fits', () => {
    const options = { use: 'random-resized-crop', size: 8, scale: [1, 1], ratio: [3, 3] };
    expect(callsOf(options)).to.deep.equal(Array(20).fill('range'));
  });

  it('are top and left for random-crop', () =>
    expect(callsOf({ use: 'random-crop', size: 8 })).to.deep.equal(['integer', 'integer']));
});

describe('random form of an augmentation', () => {
  const image = noise(20, 24, 3);

  /** Compares a random form with its plain form, whose options are computed from the same stream. */
  function expectSame(options: NestedOptions, plain: (random: Random) => NestedOptions, seeds = 50): void {
    for (let seed = 0; seed < seeds; seed++) {
      const random = stream(seed);
      const expected = augmentation(plain(random)).apply(image, random);
      const actual = augmentation(options).apply(image, stream(seed));
      expect(shapeOf(actual)).to.deep.equal(shapeOf(expected));
      expect(distance(actual, expected), `seed ${seed}`).to.equal(0);
    }
  }

  const decided = (plain: (random: Random) => NestedOptions) => (random: Random) => {
    random.uniform();
    return plain(random);
  };

  it('equals horizontal-flip, vertical-flip, grayscale and solarize with probability 1', () => {
    for (const use of ['horizontal-flip', 'vertical-flip', 'grayscale', 'solarize']) {
      expectSame(
        { use: `random-${use}`, probability: 1 },
        decided(() => ({ use })),
        3,
      );
    }
    expectSame(
      { use: 'random-solarize', threshold: 0.3, probability: 1 },
      decided(() => ({ use: 'solarize', threshold: 0.3 })),
      3,
    );
  });

  it('equals rotate by the drawn angle', () => {
    for (const interpolation of ['nearest', 'bilinear']) {
      expectSame(
        { use: 'random-rotate', degrees: 40, interpolation },
        decided(random => ({ use: 'rotate', angle: random.range(-40, 40), interpolation })),
      );
    }
  });

  it('equals gaussian-blur with the drawn sigma', () =>
    expectSame(
      { use: 'random-gaussian-blur', kernelSize: 5, sigma: [0.5, 3], probability: 1 },
      decided(random => ({ use: 'gaussian-blur', kernelSize: 5, sigma: random.range(0.5, 3) })),
    ));

  it('equals color-jitter with the drawn order and amounts', () => {
    const names = ['brightness', 'contrast', 'saturation', 'hue'];
    const orders = new Set<string>();
    const plain = decided(random => {
      const order = Array.from(random.permutation(4), index => names[index]);
      const [brightness, contrast] = [random.range(0.2, 1.8), random.range(0, 2.5)];
      const [saturation, hue] = [random.range(0.4, 1.6), random.range(-0.2, 0.2)];
      orders.add(order.join());
      return { use: 'color-jitter', order, brightness, contrast, saturation, hue };
    });
    expectSame({ use: 'random-color-jitter', ...strengths, probability: 1 }, plain, 400);
    expect(orders.size).to.equal(24);
  });

  it('equals resized-crop of the drawn box', () =>
    expectSame({ use: 'random-resized-crop', size: [9, 7], scale: [0.1, 0.3], ratio: [0.5, 2] }, random => {
      const area = 20 * 24 * random.range(0.1, 0.3);
      const ratio = Math.exp(random.range(Math.log(0.5), Math.log(2)));
      const [height, width] = [Math.round(Math.sqrt(area / ratio)), Math.round(Math.sqrt(area * ratio))];
      const [top, left] = [random.integer(20 - height + 1), random.integer(24 - width + 1)];
      return { use: 'resized-crop', top, left, height, width, size: [9, 7] };
    }));

  it('equals resized-crop at the drawn position without resizing, for random-crop', () =>
    expectSame({ use: 'random-crop', size: [9, 7] }, random => {
      const [top, left] = [random.integer(20 - 9 + 1), random.integer(24 - 7 + 1)];
      return { use: 'resized-crop', top, left, height: 9, width: 7, size: [9, 7] };
    }));
});

describe('random-gaussian-blur without `kernelSize`', () => {
  for (const [side, kernelSize] of [
    [19, 1],
    [28, 3],
    [64, 7],
    [224, 23],
  ]) {
    it(`uses a kernel of ${kernelSize} for images of ${side} pixels`, () => {
      const image = imageOf([side, side + 5, 1], (y, x) => ((7 * y + 3 * x) % 11) / 11);
      const random = stream(side);
      random.uniform();
      const plain = augmentation({ use: 'gaussian-blur', kernelSize, sigma: random.range(0.1, 2) });
      const actual = augmentation({ use: 'random-gaussian-blur', probability: 1 }).apply(image, stream(side));
      expect(distance(actual, plain.apply(image, random))).to.equal(0);
    });
  }
});

describe('README of @carl-ssl/augment', () => {
  it('names every component', () => {
    const readme = readFileSync(new URL('../../plugins/augment/README.md', import.meta.url), 'utf8');
    const missing = plugin.components.filter(({ use }) => !readme.includes(`\`${use}\``)).map(({ use }) => use);
    expect(missing).to.deep.equal([]);
  });
});
