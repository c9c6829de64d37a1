import { CarlError, type LeftOutFile, type SplitName } from '@carl-ssl/core';
import { join } from 'node:path';
import { shortList } from './image-files.js';
import { listFiles, listFolders } from './list-images.js';

/** Usual names of the folders of splits, in lower case and without the endings below. */
const NAMES: Readonly<Record<SplitName, readonly string[]>> = {
  train: ['train', 'training'],
  validation: ['validation', 'valid', 'val', 'dev'],
  test: ['test', 'testing'],
};
const ENDINGS = /(set|data|images?|imgs?|split|\d{4})$/;
const SPLITS = Object.keys(NAMES) as SplitName[];

/** Folder of each split. */
export interface SplitFolders {
  readonly train: string;
  readonly validation?: string;
  readonly test?: string;
  /** Files beside the folders of the splits, relative to the training folder. */
  readonly leftOut: readonly LeftOutFile[];
}

/** Split that a folder is usually named for, such as `Valid`, `test_images` or `train2017`; undefined for other names. */
function splitNamed(folder: string): SplitName | undefined {
  const name = folder.toLowerCase().replaceAll(/[^\p{L}\d]/gu, '');
  const names = [name, name.replace(ENDINGS, '')];
  return SPLITS.find(split => NAMES[split].some(one => names.includes(one)));
}

/** True for a folder of training images with one of another split beside it. */
function areSplits(folders: readonly string[]): boolean {
  const splits = folders.map(splitNamed);
  return splits.includes('train') && (splits.includes('validation') || splits.includes('test'));
}

/**
 * Finds the folders of the splits by their usual names. Without a folder for training the root itself is for training.
 * @throws CarlError INPUT_FILE; INPUT_DATA for other folders beside that for training, for two folders of one split,
 * and for folders of other splits without one for training
 */
export async function splitFolders(root: string): Promise<SplitFolders> {
  const folders = await listFolders(root);
  const others = folders.filter(name => splitNamed(name) === undefined);
  const [train, validation, test] = SPLITS.map(split => folders.filter(name => splitNamed(name) === split));
  if (train.length === 0) {
    const named = validation.length + test.length;
    if (named > 0 && (others.length === 0 || (validation.length > 0 && test.length > 0)))
      throw noTraining(root, [...validation, ...test]);
    return { train: root, leftOut: [] };
  }
  if (others.length > 0) throw unfit(root, train[0], others);
  const twice = [train, validation, test].find(names => names.length > 1);
  if (twice) throw repeated(root, twice);
  return {
    train: join(root, train[0]),
    ...(validation.length > 0 && { validation: join(root, validation[0]) }),
    ...(test.length > 0 && { test: join(root, test[0]) }),
    leftOut: (await listFiles(root)).map(name => ({ file: `../${name}`, reason: 'beside the folders of the splits' })),
  };
}

/** Refuses the folders of several splits where one set of images is expected. @throws CarlError INPUT_DATA */
export async function refuseSplitFolders(root: string): Promise<void> {
  const folders = await listFolders(root);
  const onlyTraining = folders.length > 0 && folders.every(folder => splitNamed(folder) === 'train');
  if (!areSplits(folders) && !onlyTraining) return;
  const splits = folders.filter(folder => splitNamed(folder) !== undefined);
  throw new CarlError(
    'INPUT_DATA',
    `${root} has the folders ${splits.join(', ')}, which are splits and not classes. Set \`root\` to one of them, or use the dataset \`image-folder\`, which takes each as a split. To train on all of them, move them into one folder with other names.`,
  );
}

/**
 * Refuses folders of splits further below, whose images would all be trained on.
 * @param paths images relative to the root, with `/` between parts
 * @throws CarlError INPUT_DATA
 */
export function refuseNestedSplits(root: string, paths: readonly string[]): void {
  for (const [parent, folders] of foldersBelow(paths)) {
    if (parent === '' || !areSplits([...folders])) continue;
    const splits = [...folders].filter(folder => splitNamed(folder) !== undefined);
    throw new CarlError(
      'INPUT_DATA',
      `${join(root, parent)} has the folders ${splits.join(', ')}, which are splits; images of all of them would be training images. Set \`root\` to ${join(root, parent)}, or give each split a reader of its own: \`data: { use: files, train: { use: image-folder, root: ... }, test: ... }\`.`,
    );
  }
}

/** Names of the folders directly below each folder that has images somewhere below it. */
function foldersBelow(paths: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const below = new Map<string, Set<string>>();
  for (const path of new Set(paths.map(parentOf))) {
    for (let folder = path; folder !== ''; folder = parentOf(folder)) {
      const parent = parentOf(folder);
      const names = below.get(parent) ?? new Set();
      below.set(parent, names.add(folder.slice(parent === '' ? 0 : parent.length + 1)));
    }
  }
  return below;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function unfit(root: string, train: string, others: readonly string[]): CarlError {
  return new CarlError(
    'INPUT_DATA',
    `${root} has the folder "${train}" for training and beside it ${shortList(others.map(name => `"${name}"`))}, which ${others.length === 1 ? 'is not a split' : 'are not splits'} (${Object.values(NAMES).flat().join(', ')}). If "${train}" is the split, set \`root\` to it or move the others away. If it is a class, use \`data: { use: files, train: { use: image-folder, root: ... }, holdout: 0.1 }\`.`,
  );
}

function repeated(root: string, names: readonly string[]): CarlError {
  return new CarlError(
    'INPUT_DATA',
    `${root} has ${names.length} folders for one split: ${names.join(', ')}. Merge them or move one away.`,
  );
}

function noTraining(root: string, names: readonly string[]): CarlError {
  return new CarlError(
    'INPUT_DATA',
    `${root} has the folders ${names.join(', ')} and none for training (${NAMES.train.join(' or ')}). Add it, or set \`root\` to the folder of the training images.`,
  );
}
