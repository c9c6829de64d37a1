import type { NestedOptions } from '@carl-ssl/core';
import { expect } from 'chai';
import { augmentation, augmenter, distance, imageOf, noise, shapeOf, stream } from './augment-components.js';

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
