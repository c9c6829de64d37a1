/**
 * Milliseconds per view on one core: `npx tsx benchmarks/augment/speed.ts` (after `npx tsc -b plugins/augment`).
 * Figures are the fastest of several rounds; a view is everything from the stored image to the normalised result.
 */
import {
  type Augmenter,
  type Component,
  type NestedOptions,
  seededStreams,
  slots,
  type StoredImage,
} from '@carl-ssl/core';
import plugin, { withoutVectors } from '@carl-ssl/augment';
import { Clone, Default } from 'typebox/value';

const ROUNDS = 15;
const streams = seededStreams(1);

function makeAugmenter({ use, ...options }: NestedOptions): Augmenter {
  const found = plugin.components.find(component => component.slot === slots.augmenter && component.use === use);
  const component = found as Component<Augmenter>;
  return component.create(Default(component.options, Clone(options)) as never, {});
}

function noise(side: number, channels: number): StoredImage {
  const random = streams.at('image', side, channels);
  const data = Uint8Array.from({ length: side * side * channels }, () => random.integer(256));
  return { height: side, width: side, channels, data };
}

/** Milliseconds a view takes, over `count` images. */
function timed(augmenter: Augmenter, image: StoredImage, count: number): number {
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    augmenter.augment(
      image,
      augmenter.views.map((_, view) => streams.at('augment', i, view)),
    );
  }
  return (performance.now() - start) / (count * augmenter.views.length);
}

function report(title: string, options: NestedOptions, image: StoredImage): void {
  const augmenter = makeAugmenter(options);
  const count = Math.max(4, Math.round(400_000 / (image.height * image.width)));
  timed(augmenter, image, count);
  const [vectors, plain] = [Array<number>(), Array<number>()];
  // In turn, so that other load on the machine slows both.
  for (let round = 0; round < ROUNDS; round++) {
    vectors.push(timed(augmenter, image, count));
    if (image.channels === 3) plain.push(withoutVectors(() => timed(augmenter, image, count)));
  }
  const [fastest, without] = [Math.min(...vectors), Math.min(...plain)];
  const ratio = image.channels === 3 ? `, ${(without / fastest).toFixed(2)} times as fast as without vectors` : '';
  console.log(`${title.padEnd(52)} ${fastest.toFixed(4)} ms a view${ratio}`);
}

const ten = { strength: 0.5, mean: [0.49, 0.48, 0.45], std: [0.25, 0.24, 0.26] };
report('simclr-views 28x28x1, blur off', { use: 'simclr-views', size: 28, strength: 0.5, blur: 0 }, noise(28, 1));
report('simclr-views 28x28x1, blur 0.5', { use: 'simclr-views', size: 28 }, noise(28, 1));
report('simclr-views 32x32x3, blur off, normalised', { use: 'simclr-views', size: 32, blur: 0, ...ten }, noise(32, 3));
report('simclr-views 32x32x3, blur 0.5, normalised', { use: 'simclr-views', size: 32, ...ten }, noise(32, 3));
report('simclr-views 32x32x3, bicubic', { use: 'simclr-views', size: 32, interpolation: 'bicubic' }, noise(32, 3));
report('byol-views 96x96x3 to 64', { use: 'byol-views', size: 64 }, noise(96, 3));
report(
  'multi-crop 2x32 + 6x16 of 32x32x3',
  { use: 'multi-crop', global: { size: 32 }, local: { size: 16 } },
  noise(32, 3),
);
report('simclr-views 256x256x3 to 224, blur 0.5', { use: 'simclr-views', size: 224 }, noise(256, 3));
