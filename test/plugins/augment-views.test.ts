import { type Augmenter, CarlError, type Image, type Random } from '@carl-ssl/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { augmentation, augmenter, distance, imageOf, noise, shapeOf, stream } from './augment-components.js';

/** Views of an image; `seed` selects the random streams. */
const viewsOf = (made: Augmenter, image: Image, seed = 0): readonly Image[] =>
  made.augment(
    image,
    made.views.map((_, view) => stream(seed, view)),
  );

/** Definitions of the views of DINO: two global and six local ones, in mixed order. */
const dino = (size: number) => {
  const common = [
    { use: 'random-horizontal-flip' },
    { use: 'random-color-jitter', brightness: 0.4, contrast: 0.4, saturation: 0.2, hue: 0.1 },
    { use: 'random-grayscale' },
  ];
  const crop = (side: number, scale: number[]) => ({
    use: 'random-resized-crop',
    size: side,
    scale,
    interpolation: 'bicubic',
  });
  const blur = (probability: number) => ({ use: 'random-gaussian-blur', probability });
  const large = [crop(size, [0.4, 1]), ...common];
  const small = [crop(size / 2, [0.05, 0.4]), ...common, blur(0.5)];
  return [
    { kind: 'local', count: 6, size: size / 2, steps: small },
    { size, steps: [...large, blur(1)] },
    { size, steps: [...large, blur(0.1), { use: 'random-solarize' }] },
  ];
};

/** Methods of a stream, to replace some of them. */
const methodsOf = (random: Random): Random => ({
  uniform: () => random.uniform(),
  range: (low, high) => random.range(low, high),
  integer: n => random.integer(n),
  chance: probability => random.chance(probability),
  normal: () => random.normal(),
  permutation: n => random.permutation(n),
});

const presets = [
  { use: 'simclr-views', size: 24, views: 3 },
  { use: 'byol-views', size: [24, 20], interpolation: 'bicubic' },
  { use: 'multi-crop', global: { size: 24 }, local: { size: 12, count: 4 } },
  { use: 'views', views: dino(24) },
];

describe('augmenters', () => {
  it('return views of the declared sizes and channels, and do not modify the image', () => {
    const shapes = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.constantFrom(1, 3));
    fc.assert(
      fc.property(fc.constantFrom(...presets), shapes, fc.nat(1000), (options, shape, seed) => {
        const made = augmenter(options);
        const image = noise(...shape);
        const before = image.data.slice();
        const declared = made.views.map(({ height, width }) => [height, width, made.outputChannels(shape[2])]);
        expect(viewsOf(made, image, seed).map(shapeOf)).to.deep.equal(declared);
        expect(shapeOf(made.plain(image))).to.deep.equal(declared[0]);
        expect(image.data).to.deep.equal(before);
      }),
      { numRuns: 150 },
    );
  });

  it('return equal views for equal streams and different views for different streams', () => {
    const image = noise(32, 32, 3);
    for (const options of presets) {
      const [once, again] = [viewsOf(augmenter(options), image, 7), viewsOf(augmenter(options), image, 7)];
      once.forEach((view, i) => expect(distance(view, again[i])).to.equal(0));
      const other = viewsOf(augmenter(options), image, 8);
      once.forEach((view, i) => expect(distance(view, other[i]), options.use).to.be.above(0.01));
      expect(distance(once[0], once[1])).to.be.above(0.01);
    }
  });

  it('draw each view from its own stream only', () => {
    const image = noise(32, 32, 3);
    const made = augmenter({ use: 'multi-crop', global: { size: 16 }, local: { size: 8 } });
    const streams = (first: number) => made.views.map((_, view) => stream(view === 0 ? first : 1, view));
    const [a, b] = [made.augment(image, streams(1)), made.augment(image, streams(2))];
    expect(distance(a[0], b[0])).to.be.above(0);
    for (let view = 1; view < a.length; view++) expect(distance(a[view], b[view])).to.equal(0);
  });

  it('list global views before local views', () => {
    const kinds = (options: { use: string }) => augmenter(options).views.map(({ kind, height }) => `${kind} ${height}`);
    const [large, small] = [Array(2).fill('global 24'), Array(6).fill('local 12')];
    expect(kinds(presets[3])).to.deep.equal([...large, ...small]);
    const multiCrop = { use: 'multi-crop', global: { size: 24 }, local: { size: 12 } };
    expect(kinds(multiCrop)).to.deep.equal([...large, ...small]);
  });

  it('draw a view of simclr-views as a chain of its operations', () => {
    const image = noise(40, 36, 3);
    const steps = [
      { use: 'random-resized-crop', size: 28, scale: [0.2, 0.9], interpolation: 'bicubic' },
      { use: 'random-horizontal-flip', probability: 0.4 },
      { use: 'random-color-jitter', brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, probability: 0.7 },
      { use: 'random-grayscale', probability: 0.3 },
      { use: 'random-gaussian-blur', probability: 0.6 },
      { use: 'random-solarize', probability: 0.3 },
      { use: 'normalize', mean: [0.4, 0.5, 0.6], std: [0.2] },
    ];
    const options = {
      minScale: 0.2,
      maxScale: 0.9,
      flip: 0.4,
      strength: 0.5,
      jitter: 0.7,
      grayscale: 0.3,
      blur: 0.6,
      solarize: 0.3,
    };
    const statistics = { mean: [0.4, 0.5, 0.6], std: [0.2] };
    const made = augmenter({ use: 'simclr-views', size: 28, interpolation: 'bicubic', ...options, ...statistics });
    for (let seed = 0; seed < 50; seed++) {
      const expected = augmentation({ use: 'chain', steps }).apply(image, stream(seed, 1));
      expect(distance(viewsOf(made, image, seed)[1], expected)).to.equal(0);
    }
  });

  it('blur mainly the first view of byol-views and solarize only the second', () => {
    const image = imageOf([60, 60, 1], (y, x) => (x + y) % 2);
    const common = { use: 'byol-views', size: 60, minScale: 1, ratio: [1, 1], jitter: 0, grayscale: 0 };
    const [blurred, solarized] = [
      [0, 0],
      [0, 0],
    ];
    for (let seed = 0; seed < 300; seed++) {
      viewsOf(augmenter({ ...common, solarize: [0, 0] }), image, seed).forEach((view, i) => {
        blurred[i] += view.data.some(value => value !== 0 && value !== 1) ? 1 / 300 : 0;
      });
      viewsOf(
        augmenter({ ...common, blur: [0, 0] }),
        imageOf([60, 60, 1], () => 0.9),
        seed,
      ).forEach((view, i) => {
        solarized[i] += view.data[0] < 0.5 ? 1 / 300 : 0;
      });
    }
    expect(blurred[0]).to.be.above(0.85);
    expect(blurred[1]).to.be.within(0.03, 0.17);
    expect(solarized[0]).to.equal(0);
    expect(solarized[1]).to.be.within(0.12, 0.28);
  });

  it('give each view of multi-crop its own probabilities', () => {
    const chances = (options: object): number[][] => {
      const made = augmenter({
        use: 'multi-crop',
        ...options,
      });
      return made.views.map((_, view) => {
        const drawn: number[] = [];
        const random = stream(1, view);
        const asked = {
          ...methodsOf(random),
          chance: (probability: number) => {
            drawn.push(probability);
            return false;
          },
        };
        const others = made.views.map((__, other) => (other === view ? asked : stream(1, other)));
        made.augment(noise(30, 30, 3), others);
        return drawn;
      });
    };
    // Flip, colour jitter, grayscale, blur, solarization.
    const dinoViews = {
      global: { size: 24, blur: [1, 0.1], solarize: [0, 0.2] },
      local: { size: 20, count: 2, blur: 0.5, jitter: [0.7, 0.6], grayscale: 0 },
    };
    expect(chances(dinoViews)).to.deep.equal([
      [0.5, 0.8, 0.2, 1, 0],
      [0.5, 0.8, 0.2, 0.1, 0.2],
      [0.5, 0.7, 0, 0.5, 0],
      [0.5, 0.6, 0, 0.5, 0],
    ]);
    const plain = { global: { size: 24 }, local: { size: 20, count: 1 }, blur: 0.4, solarize: 0.1 };
    expect(chances(plain)).to.deep.equal(Array(3).fill([0.5, 0.8, 0.2, 0.4, 0.1]));
  });

  it('draw a view of multi-crop as a chain of its operations, with its own colours', () => {
    const image = noise(40, 36, 3);
    const size = 24;
    const steps = [
      { use: 'random-resized-crop', size, scale: [0.4, 1], interpolation: 'bicubic' },
      { use: 'random-horizontal-flip' },
      { use: 'random-color-jitter', brightness: 0.4, contrast: 0.4, saturation: 0.2, hue: 0.1, probability: 0.8 },
      { use: 'random-grayscale' },
      { use: 'random-gaussian-blur', probability: 0.1 },
      { use: 'random-solarize', probability: 0.2 },
    ];
    const made = augmenter({
      use: 'multi-crop',
      interpolation: 'bicubic',
      colors: { brightness: 0.4, contrast: 0.4, saturation: 0.2, hue: 0.1 },
      global: { size, scale: [0.4, 1], blur: [1, 0.1], solarize: [0, 0.2] },
      local: { size, count: 0 },
    });
    for (let seed = 0; seed < 50; seed++) {
      const expected = augmentation({ use: 'chain', steps }).apply(image, stream(seed, 1));
      expect(distance(viewsOf(made, image, seed)[1], expected)).to.equal(0);
    }
  });

  it('report steps of `views` that return another size than declared', () => {
    const made = augmenter({ use: 'views', views: [{ size: 8, steps: [{ use: 'horizontal-flip' }] }] });
    expect(() => viewsOf(made, noise(9, 8, 1)))
      .to.throw(CarlError, /View 0 .*8x8 pixels, but its steps return an image of 9x8 pixels/)
      .with.property('code', 'INPUT_PIPELINE');
    expect(shapeOf(viewsOf(made, noise(8, 8, 1))[0])).to.deep.equal([8, 8, 1]);
  });
});
