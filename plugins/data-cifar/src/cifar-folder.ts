import { CarlError, datasetOf, drawHoldout, type Dataset } from '@carl-ssl/core';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { readCifar, type CifarFiles } from './cifar-images.js';

/** The batches of a dataset in its folder, by their names without suffix. */
export interface CifarFolder extends Omit<CifarFiles, 'files'> {
  readonly root: string;
  readonly train: readonly string[];
  readonly test: string;
  readonly classes: number;
  readonly holdout?: number;
}

/** Makes a dataset of an unpacked folder. Files are looked for when a split is read. */
export function cifarDataset({ root, train, test, classes, holdout, ...files }: CifarFolder): Dataset {
  const read = (names: readonly string[]) => async () => {
    const paths: string[] = [];
    for (const name of names) paths.push(await find(root, name, files.layout.name));
    return readCifar({ ...files, files: paths });
  };
  const rules = { classes, labelled: true };
  const drawn = holdout === undefined ? rules : { ...rules, holdout: (length: number) => drawHoldout(length, holdout) };
  return datasetOf({ train: read(train), test: read([test]) }, drawn);
}

async function find(root: string, name: string, dataset: string): Promise<string> {
  for (const file of [`${name}.bin`, name]) {
    const path = join(root, file);
    const found = await access(path).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  throw new CarlError(
    'INPUT_FILE',
    `There is neither ${name}.bin nor ${name} in ${root}. Download the binary or the Python version of ${dataset} from https://www.cs.toronto.edu/~kriz/cifar.html, unpack it, and set \`root\` to the folder with the batches.`,
  );
}
