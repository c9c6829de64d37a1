import { CarlError } from '../errors/carl-error.js';
import { finishedOutcomes, type Outcome } from '../evaluate/results-record.js';
import { figuresOf, isComplete, type Results } from '../evaluate/results.js';
import {
  basisDifferences,
  isReproducible,
  otherEvaluation,
  roundingDifferences,
  storedEvaluators,
} from './evaluation-basis.js';
import type { Experiment } from './experiment.js';
import type { ResultsStore } from './results-store.js';

/** What an evaluation found of an earlier one, for the user. */
export interface EarlierReport {
  /** Number of results that are kept. */
  readonly kept: number;
  /** Number of all results. */
  readonly count: number;
  /** Why none is kept, one line for each reason. */
  readonly differences: readonly string[];
  /** Differences that changed the kept figures by rounding only. */
  readonly rounding: readonly string[];
  /** File of the new results until they replace the stored ones; undefined if they replace none. */
  readonly draft?: string;
}

/** Results of an earlier evaluation. */
export interface EarlierResults {
  /** Outcomes that are still valid, by the index of their task. */
  readonly kept: ReadonlyMap<number, Outcome>;
  /** Stores the results so far, without loss of a figure that is stored already. @throws CarlError DISK */
  readonly write: (results: Results) => Promise<void>;
}

/** How results of an earlier evaluation are used. */
export interface EarlierOptions {
  readonly store: ResultsStore;
  /** Keeps none. */
  readonly recompute?: boolean;
  readonly onEarlier?: (report: EarlierReport) => void;
}

/**
 * Reads the results of an earlier evaluation, or of one that was interrupted before it could replace them.
 * @param now the evaluation without any results
 * @throws CarlError INPUT_ARGUMENT if the file that the user named has something else
 */
export async function earlierResults(
  now: Results,
  { store, recompute = false, onEarlier }: EarlierOptions,
  experiment: Experiment,
): Promise<EarlierResults> {
  const stored = await replaceable(store, now, () => store.read());
  const draft = await replaceable(store, now, () => store.readDraft());
  const write = async (results: Results): Promise<void> =>
    stored && losesFigures(stored, results) ? store.writeDraft(results) : store.write(results);
  if (!now.basis) return { kept: new Map(), write };
  const source = draft && basisDifferences(draft, now).length === 0 ? draft : stored;
  if (!source) return { kept: new Map(), write };
  const differences = recompute ? [] : basisDifferences(source, now);
  const kept =
    recompute || differences.length > 0 ? new Map<number, Outcome>() : validOutcomes(source, now, experiment);
  onEarlier?.({
    ...{ kept: kept.size, count: now.status.length, differences },
    rounding: kept.size > 0 ? roundingDifferences(source, now) : [],
    ...(stored && store.draft !== undefined && finishedOutcomes(stored).size > kept.size && { draft: store.draft }),
  });
  return { kept, write };
}

/** Finished outcomes of the same evaluators whose figures depend on nothing outside the basis. */
function validOutcomes(
  before: Results,
  now: Results,
  { loaded: { catalogue }, pipeline }: Experiment,
): ReadonlyMap<number, Outcome> {
  const same = (place: number) => {
    const [old, { evaluator, subject }] = [before.status[place], now.status[place]];
    return old.evaluator === evaluator && old.subject === subject;
  };
  const reproducible = (place: number) =>
    storedEvaluators(pipeline)
      .filter(({ title }) => title === now.status[place].evaluator)
      .every(({ options }) => isReproducible(options, catalogue));
  const isKept = (place: number) => place < now.status.length && same(place) && reproducible(place);
  return new Map([...finishedOutcomes(before)].filter(([place]) => isKept(place)));
}

/** True if stored results have a figure that the new ones lack because its evaluator has not run yet, or has failed. */
function losesFigures(before: Results, now: Results): boolean {
  if (figuresOf(before).length === 0) return false;
  const [had, has] = [before, now].map(results => namesOf(results, 'done'));
  if (isComplete(now)) return namesOf(now, 'failed').some(name => had.includes(name));
  // Results of an earlier version do not name their evaluators.
  return had.length === 0 || had.some(name => !has.includes(name));
}

/** Evaluators of a status, each with its subject and its number among those of the same name. */
function namesOf({ status }: Results, wanted: string): readonly string[] {
  const seen = new Map<string, number>();
  return status.flatMap(({ evaluator, subject, status: found }) => {
    const name = `${evaluator}: ${subject}`;
    const number = (seen.get(name) ?? 0) + 1;
    seen.set(name, number);
    return found === wanted ? [`${name} ${number}`] : [];
  });
}

/** Results that are stored already. Damaged ones are replaced, except in a file that the user named. @throws CarlError INPUT_ARGUMENT */
async function replaceable(
  { named }: ResultsStore,
  now: Results,
  read: () => Promise<Results | undefined>,
): Promise<Results | undefined> {
  if (named === undefined) return read().catch(() => undefined);
  const refuse = (problem: string): never => {
    throw new CarlError('INPUT_ARGUMENT', `--out ${named}: ${problem} Name another file, or delete this one.`);
  };
  const before = await read().catch(() => refuse('this exists and is not a file of results.'));
  const others = before ? otherEvaluation(before, now) : [];
  return others.length > 0 ? refuse(`this file has results of another evaluation (${others.join('; ')}).`) : before;
}
