import { basename } from 'node:path';
import { CarlError } from '../errors/carl-error.js';

/** One axis of a grid: a key of the pipeline and the components to try there. */
export interface GridAxis {
  readonly key: string;
  readonly uses: readonly string[];
}

/** A pipeline file with changes. */
export interface Variant {
  /** Unique, fit for a folder. */
  readonly name: string;
  readonly file: string;
  /** Changes in the form of `--set`. */
  readonly set: readonly string[];
}

/** `assigner=prototypes,sinkhorn` -> an axis. @throws CarlError INPUT_ARGUMENT */
export function parseAxis(text: string): GridAxis {
  const [key, list, ...rest] = text.split('=');
  const uses = list?.split(',').filter(Boolean) ?? [];
  if (!key || uses.length === 0 || rest.length > 0)
    throw new CarlError(
      'INPUT_ARGUMENT',
      `--grid ${text}: expected a key and components, for example assigner=prototypes,sinkhorn`,
    );
  return { key, uses };
}

/** Runs of one comparison, at most. */
const MOST_RUNS = 10_000;

/** Refuses a comparison of more runs than anybody trains, before they are listed. @throws CarlError INPUT_ARGUMENT */
export function refuseTooManyRuns(
  files: readonly string[],
  { axes, seeds }: { readonly axes: readonly GridAxis[]; readonly seeds: number },
): void {
  const runs = axes.reduce((product, { uses }) => product * uses.length, files.length * seeds);
  if (runs <= MOST_RUNS) return;
  const sizes = [`${files.length} pipeline${files.length === 1 ? '' : 's'}`, ...axes.map(({ key, uses }) => `${uses.length} for ${key}`)]; // prettier-ignore
  throw new CarlError(
    'INPUT_ARGUMENT',
    `this comparison has ${runs.toLocaleString('en-US')} runs (${sizes.join(' x ')} x ${seeds} seeds); at most ${MOST_RUNS.toLocaleString('en-US')} are possible. Lower --seeds or divide the grid.`,
  );
}

/** Every file with every combination of the axes. */
export function variantsOf(
  files: readonly string[],
  { axes, set }: { axes: readonly GridAxis[]; set: readonly string[] },
): readonly Variant[] {
  const cells = axes.reduce<readonly (readonly string[])[]>(
    (combinations, { key, uses }) => combinations.flatMap(cell => uses.map(use => [...cell, `${key}.use=${use}`])),
    [[]],
  );
  const variants = files.flatMap(file =>
    cells.map(cell => ({ name: nameOf(file, cell), file, set: [...set, ...cell] })),
  );
  const repeated = variants.find((variant, i) => variants.findIndex(({ name }) => name === variant.name) !== i);
  if (repeated)
    throw new CarlError(
      'INPUT_ARGUMENT',
      `two pipelines would both be called ${repeated.name}; rename one of the files`,
    );
  return variants;
}

function nameOf(file: string, cell: readonly string[]): string {
  return [basename(file).replace(/\.ya?ml$/, ''), ...cell.map(part => part.replace('.use=', '-'))].join('+');
}
