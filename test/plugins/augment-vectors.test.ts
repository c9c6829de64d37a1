import { withoutVectors } from '@carl-ssl/augment';
import { expect } from 'chai';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { augmentation, augmenter, distance, imageOf, noise, stream } from './augment-components.js';

const plugin = new URL('../../plugins/augment/', import.meta.url);

const operations = [
  { use: 'horizontal-flip' },
  { use: 'brightness', factor: 1.7 },
  { use: 'contrast', factor: 0.3 },
  { use: 'saturation', factor: 1.9 },
  { use: 'hue', shift: 0.31 },
  { use: 'hue', shift: -0.5 },
  { use: 'grayscale', channels: 3 },
  { use: 'normalize', mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.25] },
  { use: 'normalize', mean: [0.4], std: [0.2] },
  { use: 'random-resized-crop', size: [11, 6] },
  { use: 'random-resized-crop', size: 9, interpolation: 'bicubic', antialias: false },
  { use: 'resize-center-crop', resize: 9, crop: 7 },
  { use: 'random-gaussian-blur', kernelSize: 3, probability: 1 },
  { use: 'random-color-jitter', brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.2, probability: 1 },
];

describe('vector kernels of augmentations', () => {
  it('give the values of the forms in JavaScript, for any size', () => {
    const sides = fc.record({ height: fc.integer({ min: 2, max: 23 }), width: fc.integer({ min: 2, max: 23 }) });
    let different = 0;
    fc.assert(
      fc.property(sides, fc.constantFrom(...operations), fc.nat(1000), ({ height, width }, options, seed) => {
        const image = noise(height, width, 3);
        const apply = () => augmentation(options).apply(image, stream(seed));
        const [vectors, plain] = [apply(), withoutVectors(apply)];
        expect([vectors.height, vectors.width, vectors.channels]).to.deep.equal([plain.height, plain.width, 3]);
        expect(distance(vectors, plain)).to.be.below(3e-6);
        if (distance(vectors, plain) > 0) different++;
      }),
      { numRuns: 500 },
    );
    // Sums in float32 are rounded otherwise than in float64, so some results differ if both forms were run.
    expect(different).to.be.above(10);
  });

  it('shift the hue of greys, primary colours and extremes like the form in JavaScript', () => {
    const levels = [0, 0.25, 1];
    const pixels = levels.flatMap(r => levels.flatMap(g => levels.flatMap(b => [r, g, b])));
    const image = imageOf([1, pixels.length / 3, 3], (_, x, c) => pixels[3 * x + c]);
    for (const shift of [-0.5, -0.2, 1 / 6, 0.5]) {
      const apply = () => augmentation({ use: 'hue', shift }).apply(image, stream(0));
      expect(distance(apply(), withoutVectors(apply)), `shift ${shift}`).to.be.below(1e-6);
    }
  });

  it('make the same views from bytes as the forms in JavaScript', () => {
    const views = augmenter({ use: 'multi-crop', global: { size: 12 }, local: { size: 6 }, mean: [0.5], std: [0.25] });
    for (let i = 0; i < 20; i++) {
      const [height, width] = [13 + i, 40 - i];
      const data = Uint8Array.from(noise(height, width, 3).data, value => Math.round(255 * value));
      const make = () => views.augment({ height, width, channels: 3, data }, views.views.map((_, view) => stream(i, view))); // prettier-ignore
      const [vectors, plain] = [make(), withoutVectors(make)];
      vectors.forEach((view, at) => expect(distance(view, plain[at])).to.be.below(2e-5));
    }
  });

  it('write views into the given arrays, for greys without vectors as well', () => {
    for (const channels of [1, 3]) {
      const views = augmenter({
        use: 'multi-crop',
        global: { size: 12 },
        local: { size: 6 },
        mean: [0.5],
        std: [0.25],
      });
      const make = (into?: readonly Float32Array[]) =>
        views.augment(noise(19, 23, channels), views.views.map((_, view) => stream(view)), undefined, into); // prettier-ignore
      const expected = make();
      const into = expected.map(({ data }) => new Float32Array(data.length).fill(NaN));
      make(into).forEach((view, i) => {
        expect(view.data).to.equal(into[i]);
        expect(view.data).to.deep.equal(expected[i].data);
      });
    }
  });

  it('blur like the form in JavaScript, for any width of the kernel', () => {
    const image = noise(41, 27, 3);
    for (const sigma of [0.1, 0.2, 0.7, 1.5, 2, 9])
      for (const kernelSize of [3, 23, 51]) {
        const apply = () => augmentation({ use: 'gaussian-blur', kernelSize, sigma }).apply(image, stream(0));
        expect(distance(apply(), withoutVectors(apply)), `sigma ${sigma}, ${kernelSize}`).to.be.below(1e-6);
      }
  });

  it('give a view the values that its operations give one after another', () => {
    const steps = operations.flatMap(step => ('size' in step || 'resize' in step ? [] : [step]));
    const options = { kind: 'global', size: [31, 23], steps: [{ use: 'solarize' }, ...steps, { use: 'chain', steps }] };
    const image = noise(31, 23, 3);
    const [view] = augmenter({ use: 'views', views: [options], std: [0.3] }).augment(image, [stream(3)]);
    const random = stream(3);
    let expected = augmentation({ use: 'solarize' }).apply(image, random);
    for (const step of [...steps, ...steps]) expected = augmentation(step).apply(expected, random);
    expect(view.data).to.deep.equal(augmentation({ use: 'normalize', mean: [0], std: [0.3] }).apply(expected, random).data); // prettier-ignore
  });

  it('are those of their source', () => {
    const source = readFileSync(new URL('assembly/kernels.ts', plugin));
    const module = readFileSync(new URL('src/vectors/module.ts', plugin), 'utf8');
    const hash = createHash('sha256').update(source).digest('hex');
    expect(module, 'the kernels were changed: npm run kernels').to.include(hash);
  });
});
