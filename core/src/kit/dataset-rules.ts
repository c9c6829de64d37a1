import type { Dataset, SplitName } from '../contracts/dataset.js';
import type { ImageSet } from '../contracts/image-set.js';
import { differences, readProblems, setProblems, shareProblems } from './image-set-problems.js';
import { unless, type Rule, type Subject } from './rule.js';

const SPLITS: readonly SplitName[] = ['train', 'validation', 'test'];

/** Rules for datasets. */
export const datasetRules: readonly Rule<Dataset>[] = [
  {
    name: 'has training images',
    check: async ({ make }) => unless([((await make().split('train'))?.length ?? 0) > 0, 'there is no training image']),
  },
  { name: 'has complete images and labels in every split', check: subject => inSplits(subject, setProblems) },
  { name: 'returns the same object for a split each time', check: oneObject },
  { name: 'reads the same images in any order and at any time', check: subject => inSplits(subject, readProblems) },
  { name: 'has the same order and fingerprint when it is opened again', check: openedAgain },
  { name: 'has the same images in a thread that shares them', check: subject => inSplits(subject, shareProblems) },
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

async function oneObject({ make }: Subject<Dataset>): Promise<string[]> {
  const dataset = make();
  const [first, again] = [await dataset.split('train'), await dataset.split('train')];
  return unless([first === again, 'the training split is another object at the second call']);
}

async function openedAgain({ make }: Subject<Dataset>): Promise<string[]> {
  const [a, b] = [make(), make()];
  const problems: string[] = [];
  for (const name of SPLITS) {
    const [first, second] = [await a.split(name), await b.split(name)];
    if (first && second) problems.push(...(await differences(first, second)).map(problem => `${name}: ${problem}`));
    else problems.push(...unless([first === second, `${name} exists only once`]));
  }
  return problems;
}
