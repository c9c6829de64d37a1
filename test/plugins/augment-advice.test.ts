import { type Facts, type NestedOptions, slots } from '@carl-ssl/core';
import { expect } from 'chai';
import { findings, refusals } from './augment-components.js';

const singleChannel = { channels: 1 };
const summary = (found: ReturnType<typeof findings>) => found.map(({ severity, code, path }) => [severity, code, path]);
const ofOperation = (options: NestedOptions, facts: Partial<Facts> = {}) =>
  findings(slots.augmentation, options, facts);
const ofAugmenter = (options: NestedOptions, facts: Partial<Facts> = {}) => findings(slots.augmenter, options, facts);

describe('warnings about augmentation of single-channel images', () => {
  it('name operations without effect', () => {
    const operations = [
      { use: 'hue', shift: 0.1 },
      { use: 'saturation', factor: 0.5 },
      { use: 'grayscale', channels: 1 },
      { use: 'random-grayscale' },
    ];
    for (const operation of operations) {
      expect(summary(ofOperation(operation, singleChannel))).to.deep.equal([['warning', 'AUGMENT_NO_COLOR', '']]);
      expect(ofOperation(operation, singleChannel)[0].message).to.contain(
        `\`${operation.use}\` has no effect. Remove this step`,
      );
      expect(ofOperation(operation, { channels: 3 })).to.deep.equal([]);
      expect(ofOperation(operation)).to.deep.equal([]);
    }
    expect(ofOperation({ use: 'grayscale', channels: 3 }, singleChannel)).to.deep.equal([]);
  });

  it('name options of a colour jitter without effect', () => {
    const paths = (options: NestedOptions) => ofOperation(options, singleChannel).map(finding => finding.path);
    const jitter = { use: 'random-color-jitter', brightness: 0.4, saturation: 0.4, hue: 0.1 };
    expect(paths(jitter)).to.deep.equal(['saturation', 'hue']);
    expect(ofOperation(jitter, singleChannel)[1].message).to.match(/Remove `hue`/);
    expect(paths({ use: 'random-color-jitter', brightness: 0.4 })).to.deep.equal([]);
    expect(paths({ use: 'color-jitter', hue: -0.1 })).to.deep.equal(['hue']);
    expect(paths({ use: 'color-jitter', saturation: 0 })).to.deep.equal(['saturation']);
  });

  it('appear for presets only if `grayscale` differs from its default', () => {
    const preset = { size: 28, global: { size: 28 }, local: { size: 14 } };
    for (const use of ['simclr-views', 'byol-views', 'multi-crop']) {
      expect(ofAugmenter({ use, ...preset }, { ...singleChannel, imageSize: [28, 28] }), use).to.deep.equal([]);
      expect(summary(ofAugmenter({ use, ...preset, grayscale: 0.5 }, singleChannel)), use).to.deep.equal([
        ['warning', 'AUGMENT_NO_COLOR', 'grayscale'],
      ]);
    }
  });
});

describe('errors in augmentation options', () => {
  it('report ranges in descending order', () => {
    const error = (path: string) => [['error', 'AUGMENT_RANGE', path]];
    const crop = { use: 'random-resized-crop', size: 8, scale: [1, 0.2] };
    expect(summary(ofOperation(crop))).to.deep.equal(error('scale'));
    expect(ofOperation(crop)[0].message).to.match(/`scale` is \[1, 0\.2\].*Write \[0\.2, 1\]/);
    expect(summary(ofOperation({ use: 'random-gaussian-blur', sigma: [2, 1] }))).to.deep.equal(error('sigma'));
    expect(summary(ofAugmenter({ use: 'simclr-views', size: 8, ratio: [2, 1] }))).to.deep.equal(error('ratio'));
    const multiCrop = { use: 'multi-crop', global: { size: 8 }, local: { size: 4, scale: [0.4, 0.1] } };
    expect(summary(ofAugmenter(multiCrop))).to.deep.equal(error('local.scale'));
  });

  it('report lists of probabilities that do not fit the number of views', () => {
    const refused = (options: object) =>
      refusals(slots.augmenter, { use: 'multi-crop', local: { size: 4, count: 3 }, ...options }).map(
        ({ code, path, message }) => [code, path, message.split(',')[0]],
      );
    expect(refused({ global: { size: 8, blur: [1] } })).to.deep.equal([
      ['AUGMENT_VIEW_COUNT', 'global.blur', '`blur` has 1 values'],
    ]);
    const local = { size: 4, count: 3, solarize: [0, 0.2], jitter: [1, 1, 1] };
    expect(refused({ global: { size: 8, blur: [1, 0.1] }, local })).to.deep.equal([
      ['AUGMENT_VIEW_COUNT', 'local.solarize', '`solarize` has 2 values'],
    ]);
    expect(refused({ global: { size: 8, grayscale: 0.3 } })).to.deep.equal([]);
  });

  it('report `minScale` above `maxScale` and name both values', () => {
    for (const use of ['simclr-views', 'byol-views']) {
      const found = ofAugmenter({ use, size: 8, minScale: 0.5, maxScale: 0.4 });
      expect(summary(found), use).to.deep.equal([['error', 'AUGMENT_RANGE', 'minScale']]);
      expect(found[0].message).to.contain('`minScale` (0.5) is larger than `maxScale` (0.4)');
    }
  });

  it('report blur kernels of even size', () => {
    const error = [['error', 'AUGMENT_KERNEL_EVEN', 'kernelSize']];
    expect(summary(ofOperation({ use: 'gaussian-blur', kernelSize: 4, sigma: 1 }))).to.deep.equal(error);
    expect(summary(ofOperation({ use: 'random-gaussian-blur', kernelSize: 2 }))).to.deep.equal(error);
    expect(ofOperation({ use: 'random-gaussian-blur', kernelSize: 3 })).to.deep.equal([]);
    expect(ofOperation({ use: 'random-gaussian-blur' })).to.deep.equal([]);
  });

  it('report statistics that do not fit the number of channels', () => {
    const options = { use: 'simclr-views', size: 28, mean: [0.5], std: [0.2, 0.2, 0.2] };
    expect(summary(ofAugmenter(options, singleChannel))).to.deep.equal([['error', 'AUGMENT_STATISTICS', 'std']]);
    expect(ofAugmenter(options, singleChannel)[0].message).to.match(
      /have 1 channel, but `mean` has length 1 and `std` has length 3/,
    );
    expect(ofAugmenter(options, { channels: 3 })).to.deep.equal([]);
    expect(summary(ofAugmenter({ ...options, mean: [0.1, 0.2] }, { channels: 3 }))).to.deep.equal([
      ['error', 'AUGMENT_STATISTICS', 'mean'],
    ]);
  });

  it('report statistics of levels from 0 to 255, with the values for [0, 1]', () => {
    const statistics = { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] };
    for (const augmenter of [
      { use: 'simclr-views', size: 28 },
      { use: 'views', views: [{ size: 8, steps: [] }] },
    ]) {
      const found = ofAugmenter({ ...augmenter, ...statistics }, { channels: 3 });
      expect(summary(found)).to.deep.equal([['warning', 'AUGMENT_STATISTICS_LEVELS', 'mean']]);
      expect(found[0].message).to.contain('[0.485, 0.456, 0.406]').and.to.contain('[0.229, 0.224, 0.225]');
    }
    expect(summary(ofOperation({ use: 'normalize', mean: [0], std: [57] }))).to.deep.equal([
      ['warning', 'AUGMENT_STATISTICS_LEVELS', 'std'],
    ]);
    expect(ofAugmenter({ use: 'simclr-views', size: 28, mean: [1], std: [1] })).to.deep.equal([]);
  });
});

describe('warnings about views', () => {
  it('report views much larger than the images, with the factor of the cost', () => {
    const facts = { imageSize: [28, 28] as const };
    const large = ofAugmenter({ use: 'simclr-views', size: 224 }, facts);
    expect(summary(large)).to.deep.equal([['warning', 'AUGMENT_ENLARGED', 'size']]);
    expect(large[0].message).to.match(/costs 64 times.*Set `size` to about 28/);
    expect(ofAugmenter({ use: 'simclr-views', size: 32 }, facts)).to.deep.equal([]);
  });

  it('report a `normalize` step, which plain images do not get', () => {
    const normalize = { use: 'normalize', mean: [0.5], std: [0.2] };
    const views = [{ size: 8, steps: [{ use: 'horizontal-flip' }, normalize] }];
    expect(summary(ofAugmenter({ use: 'views', views }))).to.deep.equal([
      ['warning', 'AUGMENT_NORMALIZED_APART', 'views.0.steps.1'],
    ]);
  });

  it('report a central crop larger than the resized image', () => {
    expect(summary(ofOperation({ use: 'resize-center-crop', resize: 20, crop: 24 }))).to.deep.equal([
      ['warning', 'AUGMENT_FRAME', 'crop'],
    ]);
    expect(ofOperation({ use: 'resize-center-crop', resize: 24, crop: 20 })).to.deep.equal([]);
  });
});
