import { access, constants } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { METRICS_VERSION } from '../contracts/metrics.js';
import type { Outcome } from '../evaluate/results-record.js';
import type { NetworkName, Results } from '../evaluate/results.js';
import { titleOf, type EvaluationTask } from '../evaluate/run-evaluators.js';
import { chosenCheckpoint, readCheckpoint, type ReadCheckpoint } from './chosen-checkpoint.js';
import { evaluateSubjects, type EvaluationListeners } from './evaluate-subjects.js';
import { evaluationBasis } from './evaluation-basis.js';
import { evaluationSubjects } from './evaluation-subjects.js';
import type { Experiment } from './experiment.js';
import type { Lock } from './lock.js';
import type { ResultsStore } from './results-store.js';
import type { RunDirectory } from './run-directory.js';

export interface EvaluateRunOptions extends EvaluationListeners {
  /** The network that is evaluated; undefined for the only one of a pipeline without a teacher. */
  readonly network: NetworkName | undefined;
  /** The newest checkpoint by default. */
  readonly checkpoint?: ReadCheckpoint;
  /** State of the data, plugins and backend now. Without it, no results of an earlier evaluation are kept. */
  readonly lock?: Lock;
  /** Where the results go. By default they are the run's own: `results.json`, and a line of metrics for each evaluator. */
  readonly store?: ResultsStore;
}

/**
 * Evaluates a checkpoint of a run, then the baselines. The caller holds the lock of the run, or of the file of results.
 * @throws CarlError INPUT_RUN without a checkpoint, INPUT_DATA, DISK
 */
export async function evaluateRun(
  experiment: Experiment,
  run: RunDirectory,
  { network, checkpoint, lock, store, ...listeners }: EvaluateRunOptions,
): Promise<Results> {
  const { step, path, sha256, ...weights } =
    checkpoint ?? (await readCheckpoint(run, await chosenCheckpoint(run), network));
  const head = {
    step,
    ...(path !== undefined && { checkpoint: path }),
    ...(network && { network }),
    ...(experiment.initial && { initialWeights: true as const }),
  };
  return evaluateSubjects(experiment, {
    ...listeners,
    subjects: evaluationSubjects(experiment, weights, head),
    head,
    ...(lock && { basis: await evaluationBasis(experiment.pipeline, { lock, weights: sha256 }) }),
    folder: await writableFolder(run.path),
    store: store ?? run.resultsStore,
    onDamagedFile: file => run.addDamagedFile(file),
    ...(store === undefined && { onOutcome: (task, outcome) => log(run, { step, task }, outcome) }),
  });
}

/** The folder, or the system's for temporary files where the folder cannot be written. */
async function writableFolder(folder: string): Promise<string> {
  return access(folder, constants.W_OK).then(
    () => folder,
    () => tmpdir(),
  );
}

/** Adds the outcome to the metrics, or the failure to the log. */
async function log(
  run: RunDirectory,
  { step, task }: { readonly step: number; readonly task: EvaluationTask },
  outcome: Outcome,
): Promise<void> {
  const { label: subject } = task.subject;
  const evaluator = titleOf(task);
  if (outcome.status === 'failed') return run.log(`evaluator ${evaluator} failed (${subject}): ${outcome.reason}`);
  const values = Object.fromEntries(outcome.results.map(({ metric, split, value }) => [`${metric} ${split}`, value]));
  await run.appendMetrics({ v: METRICS_VERSION, type: 'evaluation', step, evaluator, subject, values });
}
