import { headline, factsOf } from './run-facts.js';
import { STYLES } from './line-chart.js';
import type { WatchedRun } from './watched-run.js';

/** What the overview shows, as its address says. */
export interface Choice {
  /** Words that a run must have in its name, pipeline, method, data or seed. */
  readonly words: string;
  readonly method: string;
  readonly state: string;
  readonly sort: string;
  /** Names of the runs whose curves are shown; undefined if none were chosen yet. */
  readonly ticked: readonly string[] | undefined;
}

/** Orders of the list, the first one is the default. */
export const SORTS = ['newest', 'name', 'result'] as const;

/** Runs that are compared before any are chosen. */
const FIRST = 4;

export function choiceOf(query: URLSearchParams): Choice {
  const names = query.getAll('run');
  return {
    words: query.get('words') ?? '',
    method: query.get('method') ?? '',
    state: query.get('state') ?? '',
    sort: query.get('sort') ?? SORTS[0],
    ticked: names.length > 0 || query.has('chosen') ? [...new Set(names)] : undefined,
  };
}

/** Runs that pass the filters, in order. */
export function listed(runs: readonly WatchedRun[], choice: Choice): readonly WatchedRun[] {
  const words = choice.words.toLowerCase().split(/\s+/).filter(Boolean);
  return ordered(runs, choice.sort).filter(run => {
    const { pipeline, method, data, seed } = factsOf(run);
    const text = [run.name, pipeline, method, data, `seed ${seed}`].join(' ').toLowerCase();
    return (
      (choice.method === '' || choice.method === method) &&
      (choice.state === '' || choice.state === run.state) &&
      words.every(word => text.includes(word))
    );
  });
}

function ordered(runs: readonly WatchedRun[], sort: string): readonly WatchedRun[] {
  if (sort === 'name') return runs;
  const value = (run: WatchedRun): number =>
    sort === 'result' ? (headline(run)?.value ?? -Infinity) : Date.parse(factsOf(run).created) || -Infinity;
  return runs
    .map(run => [value(run), run] as const)
    .sort(([a], [b]) => (a === b ? 0 : b - a))
    .map(([, run]) => run);
}

/** Runs whose curves are shown: the ticked ones, or else those in training and the newest ones. */
export function compared(runs: readonly WatchedRun[], { ticked }: Choice): readonly WatchedRun[] {
  if (ticked) return ticked.flatMap(name => runs.find(run => run.name === name) ?? []).slice(0, STYLES);
  const newest = ordered(runs, 'newest').filter(({ state }) => state !== 'damaged');
  const first = [...newest.filter(({ state }) => state === 'training'), ...newest];
  return [...new Set(first)].slice(0, FIRST);
}
