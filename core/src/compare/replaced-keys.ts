import { changeOf } from '../config/override.js';
import { diagnose } from '../config/diagnostic.js';
import { refuseErrors } from '../config/pipeline-error.js';
import { CarlError } from '../errors/carl-error.js';
import type { Range } from './range.js';
import { GRID, type GridAxis } from './variants.js';

/** The options of a comparison that set keys of its pipelines. */
export interface ReplacingOptions {
  readonly seeds: number;
  readonly trials?: number;
  readonly budget?: string;
  readonly backend?: string;
}

/** Refuses values of a grid, and changes, that the comparison would replace without a word. @throws CarlError INPUT_ARGUMENT */
export function refuseReplaced(
  { axes, set }: { readonly axes: readonly GridAxis[]; readonly set: readonly string[] },
  options: ReplacingOptions,
): void {
  for (const { key, values } of axes) {
    const advice = adviceFor(key, values.length, options);
    if (advice !== undefined) throw refusal(`${GRID} ${key}=${values.join(',')}`, advice);
  }
  for (const text of set) {
    const key = keyOf(text);
    const advice = ['seed', 'trainer.epochs'].includes(key) ? adviceFor(key, undefined, options) : undefined;
    if (advice !== undefined) throw refusal(`${changeOf(text).option} ${text}`, advice);
  }
}

/**
 * Refuses ranges of keys whose draws the comparison would replace, or which would replace values of the grid or changes of all
 * pipelines.
 * @throws PipelineError
 */
export function refuseReplacedRanges(
  ranges: ReadonlyMap<string, readonly Range[]>,
  { axes, set }: { readonly axes: readonly GridAxis[]; readonly set: readonly string[] },
  options: ReplacingOptions,
): void {
  const drawnInAll = (key: string): boolean => [...ranges.values()].every(own => own.some(range => range.key === key));
  const all = new Set([...ranges.values()].flat());
  refuseErrors(
    [...all].flatMap(({ key, place }) => {
      const inGrid = axes.some(axis => axis.key === key) ? `${GRID} has values of this key too. ${EITHER}` : undefined;
      // Pipelines that have no range of the key keep the value.
      const inSet = set.some(text => keyOf(text) === key) && drawnInAll(key) ? `--set gives this key too. ${EITHER}` : undefined; // prettier-ignore
      const advice = adviceFor(key, undefined, options) ?? inGrid ?? inSet;
      const message = `\`${key}\` cannot be drawn.`;
      return advice === undefined ? [] : [diagnose(place, { code: 'RANGES_INVALID', message, remedy: advice })];
    }),
  );
}

/** The key of a change. */
function keyOf(text: string): string {
  return text.slice(0, Math.max(0, text.indexOf('='))).trim();
}

const EITHER = 'Leave out one of the two.';

/** What to do in place of giving the key; undefined if the comparison does not set it. */
function adviceFor(key: string, values: number | undefined, options: ReplacingOptions): string | undefined {
  if (key === 'seed') return seedAdvice(values, options);
  if (key === 'trainer.epochs' && options.budget !== undefined)
    return `--budget sets the epochs of all runs. ${EITHER}`;
  if (key === 'evaluation.splits' && options.trials !== undefined)
    return 'Trials are evaluated on validation. Leave this key out.';
  if (['backend', 'backend.use'].includes(key) && options.backend !== undefined)
    return `--backend sets the backend of all runs. ${EITHER}`;
  return undefined;
}

function seedAdvice(values: number | undefined, { seeds, trials }: ReplacingOptions): string {
  const first = trials === undefined ? 0 : 1;
  const through = (count: number): string =>
    count === 1 ? `the seed ${first}` : `the seeds ${first} ${count === 2 ? 'and' : 'to'} ${first + count - 1}`;
  const sets = '--seeds sets the seeds of all runs.';
  if (values === undefined) return `${sets} Leave this key out: --seeds ${seeds} trains ${through(seeds)}.`;
  return `${sets} Give --seeds ${values} in place of it, for ${through(values)}.`;
}

function refusal(given: string, advice: string): CarlError {
  return new CarlError('INPUT_ARGUMENT', `${given}: ${advice}`);
}
