import type { Augmentation } from '../contracts/augmentation.js';
import type { Augmenter } from '../contracts/augmenter.js';
import type { Image } from '../contracts/image.js';
import { floatImage } from '../data/float-image.js';
import { allFinite, noiseImage, relativeDifference, sameBits, streams } from './probe.js';
import { unless, type Rule, type Subject } from './rule.js';

/** Relative difference of views of bytes and of floats: the sums of a filter may be rounded apart. A level is 1 / 255. */
const ROUNDING = 1e-5;
const [HEIGHT, WIDTH, TIMES] = [24, 20, 8];

/** Rules for single operations on images. */
export const augmentationRules: readonly Rule<Augmentation>[] = [
  { name: 'leaves its argument untouched', check: subject => onImages(subject, untouched) },
  { name: 'gives the same image for the same stream', check: subject => onImages(subject, sameStream) },
  {
    name: 'gives complete images with the declared number of channels',
    check: subject => onImages(subject, wholeImages),
  },
];

/** Rules for augmenters. */
export const augmenterRules: readonly Rule<Augmenter>[] = [
  { name: 'declares views, global ones first', check: ({ make }) => viewOrder(make()) },
  { name: 'makes views of the declared sizes and channels', check: ({ make }) => onChannels(make(), viewSizes) },
  { name: 'leaves the image untouched and follows its streams', check: ({ make }) => onChannels(make(), viewStreams) },
  {
    name: 'gives evaluators images of one size, without randomness',
    check: ({ make }) => onChannels(make(), plainViews),
  },
  { name: 'treats bytes as levels of 1 / 255', check: ({ make }) => onChannels(make(), byteViews) },
];

function onImages(
  { make }: Subject<Augmentation>,
  check: (operation: Augmentation, image: Image) => string[],
): string[] {
  return [1, 3].flatMap(channels => {
    const operation = make();
    if (operation.outputChannels && operation.outputChannels(channels) === undefined) return [];
    return check(operation, noiseImage('picture', HEIGHT, [WIDTH, channels])).map(
      problem => `${problem} (${channels} channels)`,
    );
  });
}

function untouched(operation: Augmentation, image: Image): string[] {
  const before = image.data.slice();
  for (let time = 0; time < TIMES; time++) operation.apply(image, streams.at('augment', time));
  return unless([sameBits(image.data, before), 'it changes the image it is given']);
}

function sameStream(operation: Augmentation, image: Image): string[] {
  const differs = Array.from({ length: TIMES }, (_, time) => {
    const [a, b] = [0, 1].map(() => operation.apply(image, streams.at('augment', time)));
    return !sameBits(a.data, b.data);
  });
  return unless([!differs.includes(true), 'two streams with the same numbers give two images']);
}

function wholeImages(operation: Augmentation, image: Image): string[] {
  const wanted = operation.outputChannels?.(image.channels) ?? image.channels;
  const problems = Array.from({ length: TIMES }, (_, time) =>
    imageProblems(operation.apply(image, streams.at('augment', time)), wanted),
  );
  return [...new Set(problems.flat())];
}

function imageProblems({ height, width, channels, data }: Image, wanted: number): string[] {
  return unless(
    [
      height > 0 && width > 0 && data.length === height * width * channels,
      `an image of ${height}x${width}x${channels} has ${data.length} values`,
    ],
    [channels === wanted, `it gives ${channels} channels; declared: ${wanted}`],
    [allFinite(data), 'an image has values that are not finite'],
  );
}

function viewOrder({ views }: Augmenter): string[] {
  const firstLocal = views.findIndex(({ kind }) => kind === 'local');
  const ordered = firstLocal < 0 || views.slice(firstLocal).every(({ kind }) => kind === 'local');
  return unless([views.length > 0, 'it declares no view'], [ordered, 'a local view comes before a global one']);
}

function onChannels(augmenter: Augmenter, check: (augmenter: Augmenter, image: Image) => string[]): string[] {
  const possible = [1, 3].filter(channels => augmenter.outputChannels(channels) !== undefined);
  if (possible.length === 0) return ['it takes neither images of one channel nor of three'];
  return possible.flatMap(channels =>
    check(augmenter, noiseImage('picture', HEIGHT, [WIDTH, channels])).map(
      problem => `${problem} (${channels} channels)`,
    ),
  );
}

const randomsOf = ({ views }: Augmenter, time: number) => views.map((_, view) => streams.at('augment', time, view));

function viewSizes(augmenter: Augmenter, image: Image): string[] {
  const channels = augmenter.outputChannels(image.channels)!;
  const problems = Array.from({ length: TIMES }, (_, time) => {
    const views = augmenter.augment(image, randomsOf(augmenter, time));
    if (views.length !== augmenter.views.length)
      return [`it makes ${views.length} views; declared: ${augmenter.views.length}`];
    return views.flatMap((view, i) => {
      const { height, width } = augmenter.views[i];
      const size = `view ${i} is ${view.height}x${view.width}; declared: ${height}x${width}`;
      return [...unless([view.height === height && view.width === width, size]), ...imageProblems(view, channels)];
    });
  });
  return [...new Set(problems.flat())];
}

function viewStreams(augmenter: Augmenter, image: Image): string[] {
  const before = image.data.slice();
  const views = (time: number) => augmenter.augment(image, randomsOf(augmenter, time)).map(({ data }) => data.slice());
  const [first, again] = [views(0), views(0)];
  const places = first.map(view => new Float32Array(view.length).fill(NaN));
  const placed = augmenter.augment(image, randomsOf(augmenter, 0), undefined, places);
  const firstChanged = augmenter.augment(image, randomsOf(augmenter, 0).with(0, streams.at('augment', 99, 0)));
  return unless(
    [sameBits(image.data, before), 'it changes the image it is given'],
    [first.every((view, i) => sameBits(view, again[i])), 'the same streams give other views'],
    [
      first.every((view, i) => sameBits(view, placed[i].data)),
      'it gives other views with arrays to write them to (`into`) than without',
    ],
    [
      first.slice(1).every((view, i) => sameBits(view, firstChanged[i + 1].data)),
      'a view depends on the stream of another view',
    ],
  );
}

function plainViews(augmenter: Augmenter, image: Image): string[] {
  const [{ height, width }] = augmenter.views;
  const [a, b] = [augmenter.plain(image), augmenter.plain(image)];
  const other = augmenter.plain(noiseImage('wide', 30, [61, image.channels]));
  return [
    ...unless(
      [sameBits(a.data, b.data), 'it gives an evaluator two different images for the same one'],
      [
        [a, other].every(one => one.height === height && one.width === width),
        `it gives evaluators ${a.height}x${a.width}, but the first view is ${height}x${width}`,
      ],
    ),
    ...imageProblems(a, augmenter.outputChannels(image.channels)!),
  ];
}

function byteViews(augmenter: Augmenter, image: Image): string[] {
  const bytes = { ...image, data: Uint8Array.from(image.data, value => Math.floor(256 * value)) };
  const results = [bytes, floatImage(bytes)].map(one => [
    augmenter.plain(one),
    ...augmenter.augment(one, randomsOf(augmenter, 0)),
  ]);
  const same = results[0].every(({ data }, i) => relativeDifference(data, results[1][i].data) < ROUNDING);
  return unless([same, 'an image of bytes gives other views than the same image as floats']);
}
