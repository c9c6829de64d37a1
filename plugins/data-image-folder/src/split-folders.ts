import { CarlError, type LeftOutFile, type SplitName } from '@carl-ssl/core';
import { join } from 'node:path';
import { listFiles, listFolders } from './list-images.js';

/** Usual names of the folders of splits, in lower case. */
const NAMES: Readonly<Record<SplitName, readonly string[]>> = {
  train: ['train', 'training'],
  validation: ['validation', 'valid', 'val', 'dev'],
  test: ['test', 'testing'],
};
const SPLITS = Object.keys(NAMES) as SplitName[];

/** Folder of each split. */
export interface SplitFolders {
  readonly train: string;
  readonly validation?: string;
  readonly test?: string;
  /** Files beside the folders of the splits, relative to the training folder. */
  readonly leftOut: readonly LeftOutFile[];
}

/** Split that a folder is usually named for, in any case; undefined for other names. */
function splitNamed(folder: string): SplitName | undefined {
  return SPLITS.find(split => NAMES[split].includes(folder.toLowerCase()));
}

/**
 * Finds the folders of the splits by their usual names. Without a folder for training the root itself is for training.
 * @throws CarlError INPUT_FILE; INPUT_DATA for other folders beside that for training, for two folders of one split,
 * and for folders of the other two splits without one for training
 */
export async function splitFolders(root: string): Promise<SplitFolders> {
  const folders = await listFolders(root);
  const others = folders.filter(name => splitNamed(name) === undefined);
  const [train, validation, test] = SPLITS.map(split => folders.filter(name => splitNamed(name) === split));
  if (train.length === 0) {
    if (validation.length > 0 && test.length > 0 && others.length === 0) throw noTraining(root, folders);
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

/** Refuses the folders of splits where class folders are expected. @throws CarlError INPUT_DATA */
export async function refuseSplitFolders(root: string): Promise<void> {
  const folders = await listFolders(root);
  const splits = folders.map(splitNamed);
  if (!splits.includes('train') || splits.includes(undefined)) return;
  throw new CarlError(
    'INPUT_DATA',
    `${root} has the folders ${folders.join(', ')}, which are splits and not classes. Set \`root\` to one of them, or use the dataset \`image-folder\`, which takes all.`,
  );
}

function unfit(root: string, train: string, others: readonly string[]): CarlError {
  return new CarlError(
    'INPUT_DATA',
    `${root} has the folder "${train}" for training and beside it ${named(others)}, which ${others.length === 1 ? 'is not a split' : 'are not splits'} (${Object.values(NAMES).flat().join(', ')}). If "${train}" is the split, set \`root\` to it or move the others away. If it is a class, use \`data: { use: files, train: { use: image-folder, root: ... }, holdout: 0.1 }\`.`,
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

/** At most five names; a dataset can have thousands of classes. */
function named(names: readonly string[]): string {
  const shown = names.slice(0, 5).map(name => `"${name}"`);
  return shown.join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');
}
