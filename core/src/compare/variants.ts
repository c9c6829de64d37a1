import { basename, resolve } from 'node:path';
import { counted } from '../text/counted.js';
import { isComponentKey } from '../config/load.js';
import { changeOf, type Change } from '../config/override.js';
import { CarlError } from '../errors/carl-error.js';

/** Option of the values of a grid, as errors name it. */
export const GRID = '--grid';

/** One axis of a grid: a key of the pipeline and the components or values to try there. */
export interface GridAxis {
  readonly key: string;
  readonly values: readonly string[];
}

/** A pipeline file with changes. */
export interface Variant {
  /** Unique, fit for a folder. */
  readonly name: string;
  readonly file: string;
  /** Changes in the form of `--set`; those of the grid name `--grid`. */
  readonly set: readonly Change[];
}

/** `assigner=prototypes,sinkhorn` -> an axis; commas within brackets, braces or quotes belong to a value. @throws CarlError INPUT_ARGUMENT */
export function parseAxis(text: string): GridAxis {
  const equals = text.indexOf('=');
  const key = text.slice(0, Math.max(0, equals)).trim();
  const list = text.slice(equals + 1);
  const values = equals < 0 ? [] : (list.match(VALUE) ?? []).map(value => value.trim());
  // A value for each comma between values, and one more.
  const places = list.replaceAll(VALUE, '').length + 1;
  if (values.length > 0 && (values.length < places || values.includes('')))
    throw new CarlError('INPUT_ARGUMENT', `--grid ${text}: a value is empty. Remove the comma, or write the value.`);
  if (key === '' || values.length === 0)
    throw new CarlError(
      'INPUT_ARGUMENT',
      `--grid ${text}: expected a key and components or values, for example assigner=prototypes,sinkhorn or assigner.count=64,256`,
    );
  return { key, values };
}

/** Text up to the next comma: lists and mappings (nested up to three times) and quoted texts as a whole. */
const VALUE =
  /(?:\[(?:[^[\]]|\[(?:[^[\]]|\[[^[\]]*\])*\])*\]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}|"[^"]*"|'[^']*'|[^,])+/g;

/** Runs of one comparison, at most. */
const MOST_RUNS = 10_000;

/** Refuses a comparison of more runs than anybody trains, before they are listed. @throws CarlError INPUT_ARGUMENT */
export function refuseTooManyRuns(
  files: readonly string[],
  { axes, seeds, trials = 0 }: { readonly axes: readonly GridAxis[]; readonly seeds: number; readonly trials?: number },
): void {
  const each = seeds + trials;
  const runs = axes.reduce((product, { values }) => product * values.length, files.length * each);
  if (runs <= MOST_RUNS) return;
  const sizes = [counted(files.length, 'pipeline'), ...axes.map(({ key, values }) => `${values.length} for ${key}`)]; // prettier-ignore
  throw new CarlError(
    'INPUT_ARGUMENT',
    `this comparison has ${runs.toLocaleString('en-US')} runs (${sizes.join(' x ')} x ${trials > 0 ? `${each} trials and seeds` : `${seeds} seeds`}); at most ${MOST_RUNS.toLocaleString('en-US')} are possible. Lower --seeds${trials > 0 ? ' or --trials' : ''} or divide the grid.`,
  );
}

/** Every file with every combination of the axes. */
export function variantsOf(
  files: readonly string[],
  { axes, set }: { axes: readonly GridAxis[]; set: readonly string[] },
): readonly Variant[] {
  const cells = axes.reduce<readonly (readonly string[])[]>(
    (combinations, axis) => combinations.flatMap(cell => settings(axis).map(set => [...cell, set])),
    [[]],
  );
  const variants = files.flatMap(file =>
    cells.map(cell => ({ name: nameOf(file, cell), file, set: [...set, ...cell.map(ofGrid)] })),
  );
  refuseRepeated(files, variants);
  return variants;
}

/** Refuses variants that would share a folder. @throws CarlError INPUT_ARGUMENT */
function refuseRepeated(files: readonly string[], variants: readonly Variant[]): void {
  const twice = files.find((file, i) => files.slice(0, i).some(other => resolve(other) === resolve(file)));
  if (twice !== undefined)
    throw new CarlError(
      'INPUT_ARGUMENT',
      `${twice} is given twice. Name each pipeline once; --seeds repeats its runs.`,
    );
  const first = variants.map(({ name }) => variants.find(other => other.name === name)!);
  const repeated = variants.find((variant, i) => variant !== first[i]);
  if (!repeated) return;
  const { name, file } = repeated;
  const other = first[variants.indexOf(repeated)].file;
  throw new CarlError(
    'INPUT_ARGUMENT',
    other === file
      ? `two pipelines would both be called ${name}: name each value of the grid once.`
      : `${other} and ${file} would both be called ${name}: rename one of the files.`,
  );
}

const ofGrid = (text: string): Change => ({ option: GRID, text });

/** The values of the grid that a variant has, in the form of `--set`. */
export function cellOf({ set }: Variant): readonly string[] {
  return set.map(changeOf).flatMap(({ option, text }) => (option === GRID ? [text] : []));
}

/** A component keeps the options that its key has; any other value replaces that of its key. */
function settings({ key, values }: GridAxis): readonly string[] {
  return values.map(value =>
    isComponentKey(key) && !value.startsWith('{') ? `${key}.use=${value}` : `${key}=${value}`,
  );
}

/** Name of a file without folder and `.yaml`. */
export function fileStem(file: string): string {
  return basename(file).replace(/\.ya?ml$/, '');
}

function nameOf(file: string, cell: readonly string[]): string {
  return [fileStem(file), ...cell.map(part => part.replace(/(?:\.use)?=/, '-').replaceAll(/[^\w.-]/g, '_'))].join('+');
}
