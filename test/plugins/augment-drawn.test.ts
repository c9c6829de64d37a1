import type { Augmentation, DrawnValues, Image, NestedOptions } from '@carl-ssl/core';
import { expect } from 'chai';
import { augmentation, augmenter, noise, stream } from './augment-components.js';

/** The random choices that an operation reports, and its result. */
function applied(operation: Augmentation, image: Image, at: number) {
  const choices: [name: string, values: DrawnValues][] = [];
  const result = operation.apply(image, stream(at), (name, values) => choices.push([name, values]));
  return { choices, result };
}

/** Random operations with the deterministic one that has the effect of the reported values. */
const PAIRS: readonly [NestedOptions, string, (values: DrawnValues, image: Image) => NestedOptions][] = [
  [{ use: 'random-resized-crop', size: 12 }, 'crop', boxed],
  [{ use: 'random-horizontal-flip' }, 'horizontal flip', () => ({ use: 'horizontal-flip' })],
  [{ use: 'random-vertical-flip' }, 'vertical flip', () => ({ use: 'vertical-flip' })],
  [{ use: 'random-rotate', degrees: 90, probability: 0.5 }, 'rotate', v => ({ use: 'rotate', angle: v.degrees })],
  [{ use: 'random-grayscale', probability: 0.5 }, 'grey', () => ({ use: 'grayscale' })],
  [{ use: 'random-gaussian-blur' }, 'blur', v => ({ use: 'gaussian-blur', kernelSize: v.side, sigma: v.sigma })],
  [{ use: 'random-solarize', probability: 0.5 }, 'solarize', v => ({ use: 'solarize', threshold: v.threshold })],
  [
    { use: 'random-color-jitter', brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 },
    'colour',
    values => ({ use: 'color-jitter', order: Object.keys(values), ...values }),
  ],
];

function boxed({ top, left, height, width }: DrawnValues): NestedOptions {
  return { use: 'resized-crop', size: 12, top, left, height, width };
}

describe('reports of random choices', () => {
  for (const [options, name, fixed] of PAIRS) {
    it(`of ${options.use} determine its result`, () => {
      const image = noise(24, 30, 3);
      const all = Array.from({ length: 12 }, (_, i) => applied(augmentation(options), image, i));
      for (const { choices, result } of all) {
        expect(choices.map(([given]) => given)).to.have.members(choices.length > 0 ? [name] : []);
        const expected = choices.length > 0 ? augmentation(fixed(choices[0][1], image)).apply(image, stream(0)) : image;
        expect(result).to.deep.equal(expected);
      }
      expect(all.some(({ choices }) => choices.length > 0)).to.equal(true);
      expect(augmentation(options).apply(image, stream(0))).to.deep.equal(all[0].result);
    });
  }

  it('have the size of the image that a crop was cut from, also with padding', () => {
    const [[name, values]] = applied(augmentation({ use: 'random-crop', size: 20, padding: 4 }), noise(16, 18, 1), 3).choices; // prettier-ignore
    expect(name).to.equal('crop');
    expect(values).to.include({ height: 20, width: 20, ofHeight: 16, ofWidth: 18 });
    expect(values.top).to.be.within(-4, 0);
  });

  it('leave out colours of images without colour', () => {
    const jitter = { use: 'random-color-jitter', brightness: 0.4, saturation: 0.4, hue: 0.1, probability: 1 };
    const { choices } = applied(augmentation({ use: 'chain', steps: [jitter, { use: 'random-grayscale', probability: 1 }] }), noise(8, 8, 1), 0); // prettier-ignore
    expect(choices.map(([given, values]) => [given, Object.keys(values)])).to.deep.equal([['colour', ['brightness']]]);
  });

  it('reach each view of an augmenter apart, in the order of its operations', () => {
    const { views, augment } = augmenter({ use: 'simclr-views', size: 24, flip: 1, jitter: 1, grayscale: 1, blur: 1 });
    const choices = views.map((): string[] => []);
    const randoms = views.map((_, view) => stream(9, view));
    augment(noise(32, 32, 3), randoms, choices.map(list => name => void list.push(name))); // prettier-ignore
    const order = ['crop', 'horizontal flip', 'colour', 'grey', 'blur'];
    expect(choices).to.deep.equal([order, order]);
  });
});
