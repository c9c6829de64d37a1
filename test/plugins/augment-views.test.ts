import { type Augmenter, CarlError, type Image } from '@carl-ssl/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { augmentation, augmenter, distance, imageOf, noise, shapeOf, stream } from './augment-components.js';

const viewsOf = (made: Augmenter, image: Image, seed = 0): readonly Image[] =>
  made.augment(
    image,
    made.views.map((_, view) => stream(seed, view)),
  );

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

const presets = [
  { use: 'simclr-views', size: 24, views: 3 },
  { use: 'byol-views', size: [24, 20], interpolation: 'bicubic' },
  { use: 'multi-crop', global: { size: 24 }, local: { size: 12, count: 4 } },
  { use: 'views', views: dino(24) },
];

describe('augmenters', () => {
  it('give the views they announce, in any number of channels they take, without touching the image', () => {
    const shapes = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.constantFrom(1, 3));
    fc.assert(
      fc.property(fc.constantFrom(...presets), shapes, fc.nat(1000), (options, shape, seed) => {
        const made = augmenter(options);
        const image = noise(...shape);
        const before = image.data.slice();
        const announced = made.views.map(({ height, width }) => [height, width, made.outputChannels(shape[2])]);
        expect(viewsOf(made, image, seed).map(shapeOf)).to.deep.equal(announced);
        expect(shapeOf(made.plain(image))).to.deep.equal(announced[0]);
        expect(image.data).to.deep.equal(before);
      }),
      { numRuns: 150 },
    );
  });

  it('give the same views for the same streams and others for others', () => {
    const image = noise(32, 32, 3);
    for (const options of presets) {
      const [once, again] = [viewsOf(augmenter(options), image, 7), viewsOf(augmenter(options), image, 7)];
      once.forEach((view, i) => expect(distance(view, again[i])).to.equal(0));
      const other = viewsOf(augmenter(options), image, 8);
      once.forEach((view, i) => expect(distance(view, other[i]), options.use).to.be.above(0.01));
      expect(distance(once[0], once[1])).to.be.above(0.01);
    }
  });

  it('give a view that depends on its own stream alone', () => {
    const image = noise(32, 32, 3);
    const made = augmenter({ use: 'multi-crop', global: { size: 16 }, local: { size: 8 } });
    const streams = (first: number) => made.views.map((_, view) => stream(view === 0 ? first : 1, view));
    const [a, b] = [made.augment(image, streams(1)), made.augment(image, streams(2))];
    expect(distance(a[0], b[0])).to.be.above(0);
    for (let view = 1; view < a.length; view++) expect(distance(a[view], b[view])).to.equal(0);
  });

  it('put global views first and count them', () => {
    const kinds = (options: { use: string }) => augmenter(options).views.map(({ kind, height }) => `${kind} ${height}`);
    const [large, small] = [Array(2).fill('global 24'), Array(6).fill('local 12')];
    expect(kinds(presets[3])).to.deep.equal([...large, ...small]);
    const multiCrop = { use: 'multi-crop', global: { size: 24 }, local: { size: 12 } };
    expect(kinds(multiCrop)).to.deep.equal([...large, ...small]);
  });

  it('draw a view of simclr-views as the steps of its description do', () => {
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

  it('blur the first view of byol-views and solarize the second only', () => {
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
});

describe('plain images', () => {
  it('are untouched at the size of the first view', () => {
    const image = noise(24, 24, 3);
    expect(augmenter({ use: 'simclr-views', size: 24 }).plain(image)).to.equal(image);
  });

  it('are normalised as the views are', () => {
    const image = imageOf([24, 24, 3], (_y, _x, c) => 0.2 * (c + 1));
    const made = augmenter({ use: 'simclr-views', size: 24, mean: [0.2, 0.3, 0.4], std: [0.5, 0.1, 0.4] });
    [0, 1, 0.5].forEach((value, c) => expect(made.plain(image).data[c]).to.be.closeTo(value, 1e-6));
  });

  it('are scaled with their ratio kept until they cover the view, and cut at the centre', () => {
    const image = noise(50, 80, 3);
    const made = augmenter({ use: 'simclr-views', size: 20 });
    const expected = augmentation({ use: 'resize-center-crop', resize: 20, crop: 20 }).apply(image, stream(0));
    expect(distance(made.plain(image), expected)).to.equal(0);
    const wide = augmenter({ use: 'simclr-views', size: [10, 40] }).plain(image);
    const cut = augmentation({ use: 'resize-center-crop', resize: [25, 40], crop: [10, 40] }).apply(image, stream(0));
    expect(distance(wide, cut)).to.equal(0);
  });

  it('have as many channels as the views', () => {
    const gray = (channels: number) =>
      augmenter({ use: 'views', views: [{ size: 8, steps: [{ use: 'grayscale', channels }] }] });
    expect(shapeOf(gray(1).plain(noise(8, 8, 3)))).to.deep.equal([8, 8, 1]);
    expect(shapeOf(gray(3).plain(noise(8, 8, 1)))).to.deep.equal([8, 8, 3]);
  });
});

describe('channels of augmenters', () => {
  const channels = (options: { use: string; [key: string]: unknown }) =>
    [1, 3, 4].map(augmenter(options).outputChannels);

  it('are those of the images, if colours can be told', () => {
    expect(channels({ use: 'simclr-views', size: 8 })).to.deep.equal([1, 3, undefined]);
    expect(channels({ use: 'views', views: [{ size: 8, steps: [] }] })).to.deep.equal([1, 3, 4]);
  });

  it('are what the steps make of them', () => {
    const view = (...steps: object[]) => ({ size: 8, steps });
    expect(channels({ use: 'views', views: [view({ use: 'grayscale', channels: 1 })] })).to.deep.equal([
      1,
      1,
      undefined,
    ]);
    expect(channels({ use: 'views', views: [view({ use: 'grayscale', channels: 1 }), view()] })).to.deep.equal([
      1,
      undefined,
      undefined,
    ]);
    const normalize = { use: 'normalize', mean: [0, 0, 0], std: [1] };
    const chain = { use: 'chain', steps: [{ use: 'grayscale', channels: 3 }, normalize] };
    expect(channels({ use: 'views', views: [view(chain)] })).to.deep.equal([3, 3, undefined]);
  });

  it('are none if there is not a mean for every one', () => {
    expect(channels({ use: 'simclr-views', size: 8, mean: [0.1, 0.2, 0.3] })).to.deep.equal([undefined, 3, undefined]);
  });
});

describe('views', () => {
  it('refuse steps that give another size than announced', () => {
    const made = augmenter({ use: 'views', views: [{ size: 8, steps: [{ use: 'horizontal-flip' }] }] });
    expect(() => viewsOf(made, noise(9, 8, 1)))
      .to.throw(CarlError, /View 0 .*8x8 pixels, but its steps made an image of 9x8 pixels/)
      .with.property('code', 'INPUT_PIPELINE');
    expect(shapeOf(viewsOf(made, noise(8, 8, 1))[0])).to.deep.equal([8, 8, 1]);
  });
});
