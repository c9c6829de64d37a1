import type { Dataset, ImageSet, Reader, SplitName } from '../contracts/dataset.js';
import type { Image } from '../contracts/image.js';
import { allFinite, sameBits } from './probe.js';
import { unless, type Rule, type Subject } from './rule.js';

const SPLITS: readonly SplitName[] = ['train', 'validation', 'test'];

/** What holds for datasets. */
export const datasetRules: readonly Rule<Dataset>[] = [
  {
    name: 'has training images',
    check: async ({ make }) => unless([((await make().split('train'))?.length ?? 0) > 0, 'there is no training image']),
  },
  { name: 'has whole images and labels in every split', check: subject => inSplits(subject, setProblems) },
  { name: 'gives one object for a split', check: oneObject },
  { name: 'reads images alike in any order and at any time', check: subject => inSplits(subject, readProblems) },
  { name: 'has the same order and fingerprint when it is opened again', check: openedAgain },
];

/** What holds for readers. */
export const readerRules: readonly Rule<Reader>[] = [
  { name: 'reads whole images and labels', check: async ({ make }) => setProblems(await make().read(), undefined) },
  {
    name: 'reads images alike in any order and at any time',
    check: async ({ make }) => readProblems(await make().read()),
  },
  {
    name: 'has the same order and fingerprint when it is opened again',
    check: async ({ make }) => differences(await make().read(), await make().read()),
  },
];

async function inSplits(
  { make }: Subject<Dataset>,
  check: (set: ImageSet, classCount?: number) => Promise<string[]>,
): Promise<string[]> {
  const dataset = make();
  const problems: string[] = [];
  for (const name of SPLITS) {
    const set = await dataset.split(name);
    if (set) problems.push(...(await check(set, dataset.classCount)).map(problem => `${name}: ${problem}`));
  }
  return problems;
}

async function setProblems(set: ImageSet, classCount: number | undefined): Promise<string[]> {
  const { length, labels, classes, channels, size } = set;
  const images = await set.read(someOf(length));
  const labelled = labels === undefined || labels.length === length;
  const most = labels?.reduce((a, b) => Math.max(a, b), -1) ?? -1;
  const known = classCount ?? classes?.length ?? Infinity;
  return [
    ...unless(
      [Number.isInteger(length) && length >= 0, `its length is ${length}`],
      [labelled, `${labels?.length ?? 0} labels for ${length} images`],
      [(labels?.every(label => label >= 0) ?? true) && most < known, `labels go up to ${most}, classes are ${known}`],
      [
        classes === undefined || classCount === undefined || classes.length === classCount,
        `${classes?.length ?? 0} class names for ${classCount ?? 0} classes`,
      ],
      [/^[0-9a-f]{64}$/.test(await set.fingerprint()), 'its fingerprint is no SHA-256 in hex'],
    ),
    ...new Set(images.flatMap(image => imageProblems(image, channels, size))),
  ];
}

function imageProblems({ height, width, channels, data }: Image, wanted: number, size: ImageSet['size']): string[] {
  return unless(
    [channels === wanted, `an image has ${channels} channels, declared are ${wanted}`],
    [
      !size || (size[0] === height && size[1] === width),
      `an image is ${height}x${width}, declared is ${size?.join('x') ?? ''}`,
    ],
    [data.length === height * width * channels, `an image of ${height}x${width}x${channels} has ${data.length} values`],
    [allFinite(data) && data.every(value => value >= 0 && value <= 1), 'an image has values outside of [0, 1]'],
  );
}

async function oneObject({ make }: Subject<Dataset>): Promise<string[]> {
  const dataset = make();
  const [first, again] = [await dataset.split('train'), await dataset.split('train')];
  return unless([first === again, 'the training split is another object when it is asked for again']);
}

async function readProblems(set: ImageSet): Promise<string[]> {
  const places = someOf(set.length);
  const inOrder = await set.read(places);
  const kept = inOrder.map(({ data }) => data.slice());
  for (const { data } of inOrder) data.fill(0.5);
  const backward = [...(await set.read([...places].reverse()))].reverse();
  const single = [];
  for (const place of places) single.push(...(await set.read([place])));
  return unless(
    [inOrder.length === places.length, `asked for ${places.length} images it gives ${inOrder.length}`],
    [
      backward.every(({ data }, i) => sameBits(data, kept[i])),
      'an image is another one when read in another order, or after a reader changed its copy',
    ],
    [single.every(({ data }, i) => sameBits(data, kept[i])), 'an image is another one when read alone'],
    [(await set.read([])).length === 0, 'asked for no image it gives some'],
  );
}

async function openedAgain({ make }: Subject<Dataset>): Promise<string[]> {
  const [a, b] = [make(), make()];
  const problems: string[] = [];
  for (const name of SPLITS) {
    const [first, second] = [await a.split(name), await b.split(name)];
    if (first && second) problems.push(...(await differences(first, second)).map(problem => `${name}: ${problem}`));
    else problems.push(...unless([first === second, `${name} is there only once`]));
  }
  return problems;
}

async function differences(a: ImageSet, b: ImageSet): Promise<string[]> {
  const [first, second] = [await a.read(someOf(a.length)), await b.read(someOf(a.length))];
  return unless(
    [a.length === b.length, 'it has another length'],
    [sameBits(a.labels ?? [], b.labels ?? []), 'it has other labels'],
    [first.every(({ data }, i) => sameBits(data, second[i].data)), 'it has other images'],
    [(await a.fingerprint()) === (await b.fingerprint()), 'it has another fingerprint'],
  );
}

/** The first, the last and some places between. */
function someOf(length: number): number[] {
  const count = Math.min(length, 5);
  return Array.from({ length: count }, (_, i) => Math.round((i * (length - 1)) / Math.max(1, count - 1)));
}
