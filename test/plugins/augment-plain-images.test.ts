import type { NestedOptions } from '@carl-ssl/core';
import { expect } from 'chai';
import { augmentation, augmenter, distance, imageOf, noise, shapeOf, stream } from './augment-components.js';

/** Every ninth value, computed by torchvision 0.29.2. */
const TORCHVISION = [0.408068, 0.589097, 0.74665, 0.667058, 0.457045, 0.372628, 0.414728, 0.238204];

describe('plain images of an augmenter', () => {
  it('are the images themselves if these have the size of the first view', () => {
    const image = noise(24, 24, 3);
    expect(augmenter({ use: 'simclr-views', size: 24 }).plain(image)).to.equal(image);
  });

  it('are normalised like the views', () => {
    const image = imageOf([24, 24, 3], (_y, _x, c) => 0.2 * (c + 1));
    const made = augmenter({ use: 'simclr-views', size: 24, mean: [0.2, 0.3, 0.4], std: [0.5, 0.1, 0.4] });
    [0, 1, 0.5].forEach((value, c) => expect(made.plain(image).data[c]).to.be.closeTo(value, 1e-6));
  });

  it('are resized at constant aspect ratio to cover the view, then cropped at the centre', () => {
    const image = noise(50, 80, 3);
    const made = augmenter({ use: 'simclr-views', size: 20 });
    const expected = augmentation({ use: 'resize-center-crop', resize: 20, crop: 20 }).apply(image, stream(0));
    expect(distance(made.plain(image), expected)).to.equal(0);
    const wide = augmenter({ use: 'simclr-views', size: [10, 40] }).plain(image);
    const cut = augmentation({ use: 'resize-center-crop', resize: [25, 40], crop: [10, 40] }).apply(image, stream(0));
    expect(distance(wide, cut)).to.equal(0);
  });

  it('are larger before the centre is cropped with `evaluation`, also those of the size of the view; views are the same', () => {
    const evaluation = { resize: 24, interpolation: 'bicubic' };
    const made = augmenter({ use: 'simclr-views', size: 20, evaluation });
    const crop = { use: 'resize-center-crop', crop: 20, interpolation: 'bicubic' };
    for (const image of [noise(50, 80, 3), noise(20, 20, 1), noise(90, 31, 3)]) {
      const expected = augmentation({ ...crop, resize: 24 }).apply(image, stream(0));
      expect(distance(made.plain(image), expected)).to.equal(0);
      expect(shapeOf(made.plain(image))).to.deep.equal([20, 20, image.channels]);
      const bilinear = augmenter({
        use: 'simclr-views',
        size: 20,
        evaluation: { resize: 24, interpolation: 'bilinear' },
      });
      expect(distance(made.plain(image), bilinear.plain(image))).to.be.above(0.01);
      const views = (use: ReturnType<typeof augmenter>) => use.augment(image, [stream(1), stream(2)]);
      const usual = views(augmenter({ use: 'simclr-views', size: 20 }));
      views(made).forEach((view, i) => expect(distance(view, usual[i])).to.equal(0));
    }
  });

  it('are those of torchvision: Resize(12, bicubic, antialias) and CenterCrop(8)', () => {
    const image = imageOf([18, 25, 1], (y, x) => ((7 * y + 11 * x + ((x * y) % 5)) % 32) / 31);
    const made = augmenter({ use: 'simclr-views', size: 8, evaluation: { resize: 12, interpolation: 'bicubic' } });
    const { data } = made.plain(image);
    TORCHVISION.forEach((value, i) => expect(data[9 * i]).to.be.closeTo(value, 1e-5));
  });

  it('cannot be smaller than the views', () => {
    const smaller = { use: 'multi-crop', global: { size: [20, 32] }, local: { count: 0, size: 8 } };
    expect(() => augmenter({ ...smaller, evaluation: { resize: 31 } })).to.throw(
      '`evaluation.resize` is 31, but the views have 20x32 pixels, which are cropped from the resized image. Set it to at least 32.',
    );
    expect(() => augmenter({ ...smaller, evaluation: { resize: 513 } })).to.throw('Set it to at most 512');
    expect(shapeOf(augmenter({ ...smaller, evaluation: { resize: 32 } }).plain(noise(10, 70, 3)))).to.deep.equal([
      20, 32, 3,
    ]);
  });

  it('have the number of channels of the views', () => {
    const gray = (channels: number) =>
      augmenter({ use: 'views', views: [{ size: 8, steps: [{ use: 'grayscale', channels }] }] });
    expect(shapeOf(gray(1).plain(noise(8, 8, 3)))).to.deep.equal([8, 8, 1]);
    expect(shapeOf(gray(3).plain(noise(8, 8, 1)))).to.deep.equal([8, 8, 3]);
  });
});

describe('output channels of an augmenter', () => {
  const channels = (options: NestedOptions) => [1, 3, 4].map(augmenter(options).outputChannels);

  it('are those of the images; presets accept one or three', () => {
    expect(channels({ use: 'simclr-views', size: 8 })).to.deep.equal([1, 3, undefined]);
    expect(channels({ use: 'views', views: [{ size: 8, steps: [] }] })).to.deep.equal([1, 3, 4]);
  });

  it('follow the steps, and are undefined if views differ', () => {
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

  it('are undefined if the statistics do not fit', () => {
    expect(channels({ use: 'simclr-views', size: 8, mean: [0.1, 0.2, 0.3] })).to.deep.equal([undefined, 3, undefined]);
  });
});
