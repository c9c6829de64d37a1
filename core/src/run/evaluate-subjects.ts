import { Augmenter } from '../contracts/augmenter.js';
import { Components } from '../contracts/components.js';
import { Streams } from '../contracts/random.js';
import type { DamagedFile } from '../contracts/image-set.js';
import { slots } from '../contracts/slots.js';
import { CarlError } from '../errors/carl-error.js';
import { ResultsRecord, type Outcome } from '../evaluate/results-record.js';
import type { EvaluationBasis, Results, ResultsHead } from '../evaluate/results.js';
import { chance } from '../evaluate/chance.js';
import {
  evaluationTasks,
  runEvaluators,
  statusOf,
  titleOf,
  type EvaluationContext,
  type EvaluationSubject,
  type EvaluationTask,
} from '../evaluate/run-evaluators.js';
import type { Observers } from '../train/observers.js';
import { earlierResults, type EarlierReport } from './earlier-results.js';
import { evaluatedDatasets } from './evaluated-datasets.js';
import { storedEvaluators } from './evaluation-basis.js';
import type { Experiment } from './experiment.js';
import type { ResultsStore } from './results-store.js';

/** How an evaluation runs and reports, whatever it evaluates. */
export interface EvaluationListeners {
  /** Ends the evaluation within about a second; evaluators that have not run then stay `pending` in the results. */
  readonly signal?: AbortSignal;
  readonly observers?: Observers;
  /** Gets the first error of writing the results, once all is evaluated. Without it the error is thrown then. */
  readonly onUnwritten?: (error: CarlError) => void;
  /** Called if there are results of an earlier evaluation. */
  readonly onEarlier?: (report: EarlierReport) => void;
  /** Computes everything again. */
  readonly recompute?: boolean;
}

/** What is evaluated, and where the results go. */
export interface SubjectsEvaluation extends EvaluationListeners {
  readonly subjects: readonly EvaluationSubject[];
  readonly head: ResultsHead;
  /** Without it, no earlier results are kept. */
  readonly basis?: EvaluationBasis;
  readonly store: ResultsStore;
  /** Folder for features that do not fit into memory. */
  readonly folder: string;
  /** Gets a damaged file of the data, before the outcome of the evaluator that failed because of it. */
  readonly onDamagedFile?: (file: DamagedFile) => Promise<void>;
  /** Called after each evaluator, once its results are stored. */
  readonly onOutcome?: (task: EvaluationTask, outcome: Outcome) => Promise<void>;
}

/**
 * Runs the evaluators of a pipeline on subjects. Results are stored after every evaluator; those that are stored already for
 * the same weights, data, options and versions are kept, and others are replaced once the new ones are complete. A disk that
 * cannot be written does not stop the evaluation.
 * @throws CarlError INPUT_DATA, DISK
 */
export async function evaluateSubjects(experiment: Experiment, evaluation: SubjectsEvaluation): Promise<Results> {
  const { subjects, head, observers, onOutcome, signal = new AbortController().signal } = evaluation;
  const writing = new Writing();
  const context = contextOf(experiment, evaluation.folder, signal);
  const datasets = evaluatedDatasets(experiment);
  const tasks = evaluationTasks(subjects, datasets);
  const { basis } = evaluation;
  const stored = {
    ...head,
    evaluators: storedEvaluators(experiment.pipeline).map(({ options }) => options),
    ...(basis && { basis }),
  };
  const record = new ResultsRecord({ ...stored, chance: chance(datasets) }, tasks.map(statusOf));
  const { kept, write } = await earlierResults(record.results, evaluation, experiment);
  for (const [place, outcome] of kept) record.add(place, outcome);
  const remaining = [...tasks.keys()].filter(place => !kept.has(place));
  const reportOf = (place: number) => ({
    step: head.step,
    evaluator: titleOf(tasks[place]),
    subject: tasks[place].subject.label,
    number: place + 1,
    count: tasks.length,
  });
  const run = remaining.map(place => tasks[place]);
  if (run.length === 0) await writing.try(() => write(record.results));
  await runEvaluators(run, context, {
    onDamagedFile: async file => writing.try(async () => evaluation.onDamagedFile?.(file)),
    onReport: async (i, report) => observers?.send('onEvaluation', { ...reportOf(remaining[i]), ...report }),
    onOutcome: async (i, outcome) => {
      record.add(remaining[i], outcome);
      await writing.try(async () => {
        await write(record.results);
        await onOutcome?.(run[i], outcome);
      });
      await observers?.send('onEvaluation', { ...reportOf(remaining[i]), ...outcome });
    },
  });
  writing.report(evaluation.onUnwritten);
  return record.results;
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

function contextOf({ services }: Experiment, folder: string, signal: AbortSignal): EvaluationContext {
  const components = services.get(Components);
  return {
    augmenter: services.get(Augmenter),
    optimizer: options => components.create(slots.optimizer, options),
    streams: services.get(Streams),
    signal,
    folder,
  };
}
