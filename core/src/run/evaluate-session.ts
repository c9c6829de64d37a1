import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { activateBackend } from '../backend/activate.js';
import type { Diagnostic } from '../config/diagnostic.js';
import { CarlError } from '../errors/carl-error.js';
import { isComplete, type NetworkName, type Results } from '../evaluate/results.js';
import { chosenCheckpoint, readCheckpoint, type ReadCheckpoint } from './chosen-checkpoint.js';
import { currentLock } from './current-lock.js';
import { evaluateRun } from './evaluate-run.js';
import type { EvaluationListeners } from './evaluate-subjects.js';
import type { Experiment } from './experiment.js';
import { factsOf } from './facts-of.js';
import { judgedNetwork } from './judged-network.js';
import type { Lock } from './lock.js';
import { assertUnchanged, type LockDifference } from './lock-differences.js';
import { checkSplits } from './check-splits.js';
import { checkEvaluation, openExperiment } from './open-pipeline.js';
import { changesEvaluation, changesTransfer, openRun, type OpenRun } from './open-run.js';
import { withRepairs } from './resumption.js';
import { namedResultsFile, newestResults, resultsFile, type ResultsStore } from './results-store.js';
import type { RunDirectory } from './run-directory.js';
import { closing, runObservers } from './run-observers.js';
import { RunInUseError, withResultsLock, withTrainingLock } from './training-lock.js';
import type { Observer } from '../contracts/observer.js';

/** Callbacks of an evaluation by command. */
export interface EvaluationSessionListeners extends Pick<
  EvaluationListeners,
  'onUnwritten' | 'onEarlier' | 'recompute'
> {
  readonly observers: readonly Observer[];
  onObserverFailure(message: string): void;
  onWarnings(warnings: readonly Diagnostic[]): void;
  /** Gets the reason for the choice of the best checkpoint. */
  onCheckpoint?(reason: string): void;
  /** Gets the differences between the environments of the training and of the evaluation. */
  onDifferences(differences: readonly LockDifference[]): void;
  /** Runs the evaluation under a signal that the caller aborts to stop it. */
  evaluate<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** What of a run is evaluated. */
export interface EvaluationChoice {
  /** By default that of the pipeline. */
  readonly network?: NetworkName;
  /** Steps, folder, or `best` on validation by the online probe; the newest checkpoint by default. */
  readonly checkpoint?: string;
  readonly backend?: string;
  /** Other evaluators and evaluation settings, and the place of the data. */
  readonly set?: readonly string[];
  /** File of the results. */
  readonly out?: string;
}

/** Results and the file that has them. */
export interface EvaluationSession {
  readonly results: Results;
  /** Undefined if the results are not kept. Earlier results stay until these are complete, which are then in `<file>.partial`. */
  readonly file?: string;
}

interface Evaluated {
  readonly opened: OpenRun;
  readonly experiment: Experiment;
  readonly checkpoint: ReadCheckpoint;
  readonly network: NetworkName | undefined;
}

/**
 * Evaluates a run. Results of its last checkpoint by the evaluators and settings of its pipeline are its own; all others
 * are written to a file in `evaluations/`, or to the file that is named.
 * @throws CarlError
 */
export async function evaluateSession(
  path: string,
  choice: EvaluationChoice,
  listeners: EvaluationSessionListeners,
): Promise<EvaluationSession> {
  const opened = await openRun(path, { set: choice.set ?? [], evaluation: true });
  const { run, loaded } = opened;
  const network = judgedNetwork(loaded, choice.network);
  const chosen = await chosenCheckpoint(run, choice.checkpoint);
  if (chosen.reason !== undefined) listeners.onCheckpoint?.(chosen.reason);
  const checkpoint = await readCheckpoint(run, chosen, network);
  const wanted = choice.backend === undefined ? loaded.pipeline.backend : { use: choice.backend };
  const backend = await activateBackend(wanted, loaded.catalogue);
  const experiment = await openExperiment(loaded);
  const { before } = await withRepairs(experiment, run, opened.lock);
  const present = await currentLock(experiment, backend, before.data);
  const lock = presentLock({ run, before, found: present }, choice, listeners);
  const found = choice.set?.some(changesEvaluation) ? checkEvaluation(experiment, ['evaluate', 'transfer']) : [];
  listeners.onWarnings([...found, ...checkSplits(experiment)]);
  const evaluated: Evaluated = { opened, experiment, checkpoint, network };
  const observers = runObservers(experiment, listeners, message => listeners.onObserverFailure(message));
  const { onUnwritten, onEarlier, recompute } = listeners;
  const work = async (store?: ResultsStore) =>
    listeners.evaluate(signal =>
      evaluateRun(experiment, run, {
        ...{ network, checkpoint, lock, observers, signal, onUnwritten, onEarlier, recompute },
        ...(store && { store }),
      }),
    );
  const { session } = await closing(observers, async () => {
    const ended = await underLock(evaluated, choice, work);
    return { session: ended, status: isComplete(ended.results) ? 'finished' : 'interrupted' } as const;
  });
  return session;
}

/**
 * The state of data, plugins and backend now, with the hash of the run's pipeline. Reports differences from the training.
 * @throws CarlError INPUT_RUN if the data or initial weights have changed
 */
function presentLock(
  { run, before, found }: { readonly run: RunDirectory; readonly before: Lock; readonly found: Lock },
  { set = [] }: EvaluationChoice,
  { onDifferences }: Pick<EvaluationSessionListeners, 'onDifferences'>,
): Lock {
  if (set.length === 0) {
    // The stored pipeline is that of the lock: since then, components can only have gained options with defaults.
    onDifferences(assertUnchanged(before, { ...found, pipeline: before.pipeline }, run.path));
    return found;
  }
  // Evaluators that were set may need other plugins than the training did, and other datasets are not of the training.
  const plugins = (a: Lock, b: Lock) => a.plugins.filter(({ name }) => b.plugins.some(other => other.name === name));
  const data = (lock: Lock) => (set.some(changesTransfer) ? ownSplits(lock.data) : lock.data);
  const [old, now] = [
    { ...before, data: data(before), plugins: plugins(before, found) },
    { ...found, data: data(found), plugins: plugins(found, before), pipeline: before.pipeline },
  ];
  onDifferences(assertUnchanged(old, now, run.path));
  return found;
}

/** Fingerprints without those of the datasets under `transfer`. */
function ownSplits(data: Lock['data']): Lock['data'] {
  return Object.fromEntries(Object.entries(data).filter(([split]) => !split.includes('/')));
}

/** Evaluates under the lock of the run, or of the file of results where these are not the run's own. */
async function underLock(
  evaluated: Evaluated,
  { out, ...choice }: EvaluationChoice,
  work: (store?: ResultsStore) => Promise<Results>,
): Promise<EvaluationSession> {
  const { run } = evaluated.opened;
  const own = join(run.path, 'results.json');
  if (out !== undefined && resolve(out) === resolve(own))
    throw new CarlError(
      'INPUT_ARGUMENT',
      `--out ${out}: this file is for the run's own results. Name another file, or leave out --out.`,
    );
  if (out !== undefined)
    return { results: await withResultsLock(out, () => work(namedResultsFile(out))), file: newestResults(out) };
  if (isOwn(evaluated, choice)) {
    try {
      const results = await unlessUnwritable(
        lockedWork => withTrainingLock(run, lockedWork, 'evaluation'),
        () => work(),
      );
      return { results, file: newestResults(own) };
    } catch (error) {
      // A training that ends later writes the run's own results.
      if (!(error instanceof RunInUseError) || error.activity === 'evaluation') throw error;
    }
  }
  const file = join(run.evaluationsPath, fileName(evaluated));
  const results = await unlessUnwritable(
    lockedWork => withResultsLock(file, lockedWork),
    () => work(resultsFile(file)),
  );
  return { results, file: newestResults(file) };
}

/** Evaluates without a lock where none can be written: no results can be written there either. */
async function unlessUnwritable<T>(lock: (work: () => Promise<T>) => Promise<T>, work: () => Promise<T>): Promise<T> {
  let isLocked = false;
  try {
    return await lock(() => {
      isLocked = true;
      return work();
    });
  } catch (error) {
    if (isLocked || !CarlError.is(error) || error.code !== 'DISK') throw error;
    return work();
  }
}

/** True for the last checkpoint of the training, judged as its pipeline says. */
function isOwn({ opened: { loaded }, experiment, checkpoint, network }: Evaluated, choice: EvaluationChoice): boolean {
  const isLast = checkpoint.path === undefined && checkpoint.step === factsOf(experiment).steps;
  return isLast && !(choice.set ?? []).some(changesEvaluation) && network === judgedNetwork(loaded);
}

/** Names checkpoint, network and evaluators, and in a hash everything else that was chosen. */
function fileName({ opened, checkpoint, network }: Evaluated): string {
  const { evaluate, evaluation, augmenter } = opened.loaded.pipeline;
  const { baselines, splits } = evaluation;
  const choice = JSON.stringify([evaluate, baselines, augmenter, checkpoint.path, ...(splits ? [splits] : [])]);
  const uses = evaluate.map(({ use }) => use.replace(/[^A-Za-z0-9._]+/g, '-')).join('-');
  const parts = [
    `step-${String(checkpoint.step).padStart(8, '0')}`,
    ...(network ? [network] : []),
    uses === '' ? 'none' : uses.slice(0, 60),
    createHash('sha256').update(choice).digest('hex').slice(0, 8),
  ];
  return `${parts.join('-')}.json`;
}
