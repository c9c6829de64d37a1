import { Augmenter } from '../contracts/augmenter.js';
import { Components } from '../contracts/components.js';
import { Evaluator } from '../contracts/evaluator.js';
import { METRICS_VERSION } from '../contracts/metrics.js';
import { Streams } from '../contracts/random.js';
import { slots } from '../contracts/slots.js';
import { CarlError } from '../errors/carl-error.js';
import { ResultsRecord, type Outcome } from '../evaluate/results-record.js';
import type { NetworkName, Results } from '../evaluate/results.js';
import {
  chance,
  evaluationTasks,
  runEvaluators,
  statusOf,
  type EvaluationContext,
  type EvaluationTask,
} from '../evaluate/run-evaluators.js';
import type { Observers } from '../train/observers.js';
import { shellWord } from '../text/shell-word.js';
import type { CheckpointPlace } from '../train/checkpoint.js';
import { evaluationSubjects } from './evaluation-subjects.js';
import type { Experiment } from './experiment.js';
import type { RunDirectory } from './run-directory.js';

export interface EvaluateRunOptions {
  /** The network that is evaluated; undefined for the only one of a pipeline without a teacher. */
  readonly network: NetworkName | undefined;
  /** Ends the evaluation within about a second; evaluators that have not run then stay `pending` in the results. */
  readonly signal?: AbortSignal;
  readonly observers?: Observers;
  /** Gets the first error of writing to the run directory, once all is evaluated. Without it the error is thrown then. */
  readonly onUnwritten?: (error: CarlError) => void;
}

/**
 * Evaluates the newest checkpoint of a run, then the baselines. `results.json` is written after every evaluator, so the
 * results of one outlast the failure of another and an interruption. A disk that cannot be written does not stop the evaluation.
 * @throws CarlError INPUT_RUN without a checkpoint, INPUT_DATA, DISK
 */
export async function evaluateRun(
  experiment: Experiment,
  run: RunDirectory,
  { network, observers, onUnwritten, signal = new AbortController().signal }: EvaluateRunOptions,
): Promise<Results> {
  const { step, ...checkpoint } = await newestCheckpoint(run);
  const writing = new Writing();
  const context = contextOf(experiment, run, signal);
  const tasks = evaluationTasks(evaluationSubjects(experiment, { checkpoint, network }), context.evaluators);
  const head = { step, ...(network && { network }), ...(experiment.initial && { initialWeights: true as const }) };
  const record = new ResultsRecord({ ...head, chance: chance(context.splits) }, tasks.map(statusOf));
  const reportOf = (place: number) => ({
    step,
    evaluator: tasks[place].evaluator.use,
    subject: tasks[place].subject.label,
    number: place + 1,
    count: tasks.length,
  });
  await runEvaluators(tasks, context, {
    onDamagedFile: async file => writing.try(() => run.addDamagedFile(file)),
    onReport: async (place, report) => observers?.send('onEvaluation', { ...reportOf(place), ...report }),
    onOutcome: async (place, outcome) => {
      record.add(place, outcome);
      await writing.try(async () => {
        await run.writeResults(record.results);
        await log(run, { step, task: tasks[place] }, outcome);
      });
      await observers?.send('onEvaluation', { ...reportOf(place), ...outcome });
    },
  });
  if (tasks.length === 0) await writing.try(() => run.writeResults(record.results));
  writing.report(onUnwritten);
  return record.results;
}

/** The checkpoint that is evaluated. @throws CarlError INPUT_RUN if there is none */
async function newestCheckpoint(run: RunDirectory): Promise<CheckpointPlace & { readonly step: number }> {
  const step = (await run.checkpoints()).at(-1);
  if (step === undefined)
    throw new CarlError(
      'INPUT_RUN',
      `${run.path} has no checkpoint. Train it first: carl train --resume ${shellWord(run.path)}`,
    );
  return { step, ...(await run.checkpointPlace(step)) };
}

/** Writes that may fail because of the disk without stopping the work. */
class Writing {
  #error: CarlError | undefined;

  async try(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (!CarlError.is(error) || error.code !== 'DISK') throw error;
      this.#error ??= error;
    }
  }

  /** Passes the first error on, or throws it. */
  report(receive: ((error: CarlError) => void) | undefined): void {
    if (this.#error === undefined) return;
    if (receive === undefined) throw this.#error;
    receive(this.#error);
  }
}

/** Adds the outcome to the metrics, or the failure to the log. */
async function log(
  run: RunDirectory,
  { step, task }: { readonly step: number; readonly task: EvaluationTask },
  outcome: Outcome,
): Promise<void> {
  const { label: subject } = task.subject;
  const evaluator = task.evaluator.use;
  if (outcome.status === 'failed') return run.log(`evaluator ${evaluator} failed (${subject}): ${outcome.reason}`);
  const values = Object.fromEntries(outcome.results.map(({ metric, split, value }) => [`${metric} ${split}`, value]));
  await run.appendMetrics({ v: METRICS_VERSION, type: 'evaluation', step, evaluator, subject, values });
}

function contextOf(
  { services, dataset, pipeline, train, held }: Experiment,
  { path }: RunDirectory,
  signal: AbortSignal,
): EvaluationContext {
  const components = services.get(Components);
  return {
    splits: { train, ...held },
    classCount: dataset.classCount,
    augmenter: services.get(Augmenter),
    evaluators: services.all(Evaluator).map((evaluator, i) => ({ use: pipeline.evaluate[i].use, evaluator })),
    optimizer: options => components.create(slots.optimizer, options),
    streams: services.get(Streams),
    signal,
    folder: path,
  };
}
