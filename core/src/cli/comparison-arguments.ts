import { existsSync } from 'node:fs';
import { refuseConflicts } from '../compare/grid-conflicts.js';
import { refuseReplaced, type ReplacingOptions } from '../compare/replaced-keys.js';
import { refuseRunFolder } from '../compare/refuse-run-folder.js';
import { parseAxis, refuseTooManyRuns, type GridAxis } from '../compare/variants.js';
import { CarlError } from '../errors/carl-error.js';

interface GivenOptions extends ReplacingOptions {
  readonly grid?: readonly string[];
  readonly set?: readonly string[];
  readonly out: string;
}

/** The files and the grid of the command. @throws CarlError INPUT_ARGUMENT */
export function givenFor(
  named: readonly string[],
  options: GivenOptions,
): { readonly files: readonly string[]; readonly axes: readonly GridAxis[] } {
  const { grid = [], seeds, trials, set = [] } = options;
  // `--grid a=b c=d FILE` reads the file as one more value of the grid.
  const files = [...named, ...grid.filter(text => !text.includes('=') && isFile(text))];
  const axes = grid.filter(text => text.includes('=') || !isFile(text)).map(parseAxis);
  if (files.length === 0) throw new CarlError('INPUT_ARGUMENT', 'Give at least one pipeline to train.');
  refuseRunFolder(options.out);
  refuseReplaced({ axes, set }, options);
  refuseConflicts(axes, set);
  refuseTooManyRuns(files, { axes, seeds, ...(trials !== undefined && { trials }) });
  return { files, axes };
}

const isFile = (text: string): boolean => /\.ya?ml$/i.test(text) || existsSync(text);
