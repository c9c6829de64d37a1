import { type Facts, slots } from '@carl-ssl/core';
import { expect } from 'chai';
import { findings } from './augment-components.js';

interface Options {
  use: string;
  [key: string]: unknown;
}
const gray = { channels: 1 };
const summary = (found: ReturnType<typeof findings>) => found.map(({ severity, code, path }) => [severity, code, path]);
const ofStep = (options: Options, facts: Partial<Facts> = {}) => findings(slots.augmentation, options, facts);
const ofAugmenter = (options: Options, facts: Partial<Facts> = {}) => findings(slots.augmenter, options, facts);

describe('advice on augmentation', () => {
  it('names steps that do nothing without colour', () => {
    const steps = [
      { use: 'hue', shift: 0.1 },
      { use: 'saturation', factor: 0.5 },
      { use: 'grayscale', channels: 1 },
      { use: 'random-grayscale' },
    ];
    for (const step of steps) {
      expect(summary(ofStep(step, gray))).to.deep.equal([['warning', 'AUGMENT_NO_COLOR', '']]);
      expect(ofStep(step, gray)[0].message).to.contain(`\`${step.use}\` does nothing. Remove this step`);
      expect(ofStep(step, { channels: 3 })).to.deep.equal([]);
      expect(ofStep(step)).to.deep.equal([]);
    }
    expect(ofStep({ use: 'grayscale', channels: 3 }, gray)).to.deep.equal([]);
  });

  it('names the keys of a colour jitter that do nothing without colour', () => {
    const jitter = { use: 'random-color-jitter', brightness: 0.4, saturation: 0.4, hue: 0.1 };
    expect(ofStep(jitter, gray).map(finding => finding.path)).to.deep.equal(['saturation', 'hue']);
    expect(ofStep(jitter, gray)[1].message).to.match(/Remove `hue`/);
    expect(ofStep({ use: 'random-color-jitter', brightness: 0.4 }, gray)).to.deep.equal([]);
    expect(ofStep({ use: 'color-jitter', hue: -0.1 }, gray).map(finding => finding.path)).to.deep.equal(['hue']);
  });

  it('is silent on defaults of ready-made views, but not on a chosen share of grey', () => {
    for (const use of ['simclr-views', 'byol-views']) {
      expect(ofAugmenter({ use, size: 28 }, { ...gray, imageSize: [28, 28] })).to.deep.equal([]);
      expect(summary(ofAugmenter({ use, size: 28, grayscale: 0.5 }, gray))).to.deep.equal([
        ['warning', 'AUGMENT_NO_COLOR', 'grayscale'],
      ]);
    }
  });

  it('refuses ranges the wrong way round', () => {
    const wrong = (path: string) => [['error', 'AUGMENT_RANGE', path]];
    expect(summary(ofStep({ use: 'random-resized-crop', size: 8, scale: [1, 0.2] }))).to.deep.equal(wrong('scale'));
    expect(summary(ofStep({ use: 'random-gaussian-blur', sigma: [2, 1] }))).to.deep.equal(wrong('sigma'));
    expect(summary(ofAugmenter({ use: 'simclr-views', size: 8, minScale: 0.5, maxScale: 0.4 }))).to.deep.equal(
      wrong('minScale'),
    );
    const crops = { use: 'multi-crop', global: { size: 8 }, local: { size: 4, scale: [0.4, 0.1] } };
    expect(summary(ofAugmenter(crops))).to.deep.equal(wrong('local.scale'));
  });

  it('refuses kernels without a centre', () => {
    expect(summary(ofStep({ use: 'gaussian-blur', kernelSize: 4, sigma: 1 }))).to.deep.equal([
      ['error', 'AUGMENT_KERNEL_EVEN', 'kernelSize'],
    ]);
    expect(ofStep({ use: 'random-gaussian-blur' })).to.deep.equal([]);
  });

  it('refuses statistics of another number of channels', () => {
    const options = { use: 'simclr-views', size: 28, mean: [0.5], std: [0.2, 0.2, 0.2] };
    expect(summary(ofAugmenter(options, gray))).to.deep.equal([['error', 'AUGMENT_STATISTICS', 'std']]);
    expect(ofAugmenter(options, { channels: 3 })).to.deep.equal([]);
  });

  it('warns of views much larger than the images, in figures', () => {
    const facts = { imageSize: [28, 28] as const };
    expect(summary(ofAugmenter({ use: 'simclr-views', size: 224 }, facts))).to.deep.equal([
      ['warning', 'AUGMENT_ENLARGED', 'size'],
    ]);
    expect(ofAugmenter({ use: 'simclr-views', size: 224 }, facts)[0].message).to.match(/costs 64 times/);
    expect(ofAugmenter({ use: 'simclr-views', size: 32 }, facts)).to.deep.equal([]);
  });

  it('warns of views that are normalised apart from plain images', () => {
    const normalize = { use: 'normalize', mean: [0.5], std: [0.2] };
    const views = [{ size: 8, steps: [{ use: 'horizontal-flip' }, normalize] }];
    expect(summary(ofAugmenter({ use: 'views', views }))).to.deep.equal([
      ['warning', 'AUGMENT_NORMALIZED_APART', 'views.0.steps.1'],
    ]);
  });

  it('warns of a black frame', () => {
    expect(summary(ofStep({ use: 'resize-center-crop', resize: 20, crop: 24 }))).to.deep.equal([
      ['warning', 'AUGMENT_FRAME', 'crop'],
    ]);
    expect(ofStep({ use: 'resize-center-crop', resize: 24, crop: 20 })).to.deep.equal([]);
  });
});
