import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { indexed, indexedComponents } from '../catalogue/first-party.js';
import type { GivenValue } from '../config/override.js';
import { CarlError } from '../errors/carl-error.js';
import { isFolder } from '../files/is-folder.js';
import { closest } from '../text/closest.js';

const OPTION = '--data';

/**
 * The dataset that an option of the command line names: a folder with images, the name of a dataset, or a component in YAML.
 * @throws CarlError INPUT_ARGUMENT if it is none of these
 */
export function dataValues(text: string, cwd: string): readonly GivenValue[] {
  if (/^\s*\{/.test(text)) return [{ option: OPTION, key: 'data', text }];
  const place = resolve(cwd, text);
  if (isFolder(place)) {
    return [
      { option: OPTION, key: 'data', text: '{ use: image-folder }' },
      { option: OPTION, key: 'data.root', text: JSON.stringify(text) },
    ];
  }
  if (indexed('dataset', text)) return [{ option: OPTION, key: 'data', text }];
  throw unknown(text, place);
}

function unknown(text: string, place: string): CarlError {
  const forms = `It takes a folder with images, or a dataset in YAML: ${OPTION} '{ use: image-folder, root: photos }'.`;
  if (existsSync(place))
    return new CarlError('INPUT_ARGUMENT', `${OPTION} ${text}: this is a file, not a folder. ${forms}`);
  const meant = closestFolder(text, place) ?? closest(text, datasets());
  const advice = meant === undefined ? forms : `Did you mean \`${meant}\`?`;
  return new CarlError(
    'INPUT_ARGUMENT',
    `${OPTION} ${text}: there is neither such a folder nor a dataset of this name. ${advice}`,
  );
}

/** The folder with a similar name at the same place. */
function closestFolder(text: string, place: string): string | undefined {
  const parent = dirname(place);
  if (!isFolder(parent)) return undefined;
  const folders = readdirSync(parent, { withFileTypes: true }).filter(entry => entry.isDirectory());
  const name = closest(
    basename(place),
    folders.map(entry => entry.name),
  );
  return name === undefined ? undefined : join(dirname(text), name);
}

function datasets(): readonly string[] {
  return indexedComponents.filter(({ slot }) => slot === 'dataset').map(({ use }) => use);
}
