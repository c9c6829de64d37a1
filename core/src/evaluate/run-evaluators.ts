import type { Augmenter } from '../contracts/augmenter.js';
import type { NestedOptions } from '../contracts/components.js';
import type { SplitName } from '../contracts/dataset.js';
import type { DamagedFile, ImageSet } from '../contracts/image-set.js';
import type { EvaluationControl, Evaluator, EvaluatorResult } from '../contracts/evaluator.js';
import type { EvaluationReport } from '../contracts/observer.js';
import type { Optimizer } from '../contracts/optimizer.js';
import type { Streams } from '../contracts/random.js';
import { damagedFileOf } from '../data/damaged-file.js';
import { failureText } from '../plugin/plugin-error.js';
import { evaluationControl } from './control.js';
import { FeatureStore } from './feature-store.js';
import type { FeatureMap } from './features.js';
import { frozenEncoder, type StoredEncoder } from './frozen-encoder.js';
import type { Outcome } from './results-record.js';
import type { EvaluatorStatus, Subject } from './results.js';

export interface NamedEvaluator {
  /** `use` of its component. */
  readonly use: string;
  readonly evaluator: Evaluator;
}

/** Everything that the evaluators of a run share. */
export interface EvaluationContext {
  readonly splits: { readonly train: ImageSet; readonly validation?: ImageSet; readonly test?: ImageSet };
  readonly classCount?: number;
  readonly augmenter: Augmenter;
  readonly evaluators: readonly NamedEvaluator[];
  readonly optimizer: (options: NestedOptions) => Optimizer;
  readonly streams: Streams;
  readonly signal: AbortSignal;
  /** Folder for features that do not fit into memory. */
  readonly folder: string;
}

/** A trained encoder or a baseline. */
export interface EvaluationSubject {
  readonly key: Subject;
  readonly label: string;
  /** Loads the subject; called before its first evaluator. */
  open(): Promise<OpenSubject>;
}

export interface OpenSubject {
  readonly features: FeatureMap;
  /** Undefined for a baseline without a network. */
  readonly stored?: StoredEncoder;
  close(): void;
}

/** An evaluator applied to a subject. */
export interface EvaluationTask {
  readonly subject: EvaluationSubject;
  /** Index in the pipeline's list of evaluators. */
  readonly index: number;
  readonly evaluator: NamedEvaluator;
}

export interface EvaluationEvents {
  onReport(place: number, report: Pick<EvaluationReport, 'status' | 'done' | 'total'>): Promise<void>;
  /** Called after each task; `place` counts the tasks from 0. */
  onOutcome(place: number, outcome: Outcome): Promise<void>;
  /** Called before the outcome of an evaluator that failed because of a file of the data. */
  onDamagedFile?(file: DamagedFile): Promise<void>;
}

/** Every evaluator on the first subject, then on each baseline that it declares, subject by subject. */
export function evaluationTasks(
  subjects: readonly EvaluationSubject[],
  evaluators: readonly NamedEvaluator[],
): readonly EvaluationTask[] {
  return subjects.flatMap(subject =>
    evaluators.flatMap((evaluator, index) =>
      isApplicable(evaluator.evaluator, subject.key) ? [{ subject, index, evaluator }] : [],
    ),
  );
}

/** Protocol evaluators need a network, even if they declare the baseline `pixels`. */
function isApplicable({ kind, baselines }: Evaluator, subject: Subject): boolean {
  if (subject === 'trained') return true;
  return baselines.some(baseline => baseline === subject) && (kind === 'features' || subject !== 'pixels');
}

/** The fields of a task that results keep. */
export function statusOf({ subject, evaluator }: EvaluationTask): Pick<EvaluatorStatus, 'evaluator' | 'subject'> {
  return { evaluator: evaluator.use, subject: subject.key };
}

/** Runs tasks one after the other until the signal; an evaluator that fails does not stop those after it. Throws what opening a subject throws. */
export async function runEvaluators(
  tasks: readonly EvaluationTask[],
  context: EvaluationContext,
  events: EvaluationEvents,
): Promise<void> {
  for (const subject of new Set(tasks.map(task => task.subject))) {
    if (context.signal.aborted) return;
    const open = await subject.open();
    const stores = storesOf(open.features, context);
    try {
      for (const [place, task] of tasks.entries()) {
        if (task.subject !== subject) continue;
        if (context.signal.aborted) return;
        await events.onReport(place, { status: 'running' });
        const control = evaluationControl(context.signal, async (done, total) =>
          events.onReport(place, { status: 'running', done, total }),
        );
        const outcome = await outcomeOf(() => evaluate(task, { open, stores, context, control }), events);
        // An evaluator that is interrupted fails for that reason, which is not an outcome.
        if (context.signal.aborted && outcome.status === 'failed') return;
        await events.onOutcome(place, outcome);
      }
    } finally {
      for (const store of Object.values(stores)) await store.close();
      open.close();
    }
  }
}

type Stores = Partial<Record<SplitName, FeatureStore>> & { readonly train: FeatureStore };

function storesOf(map: FeatureMap, { splits, augmenter, folder }: EvaluationContext): Stores {
  const store = (images: ImageSet) => new FeatureStore({ map, images, augmenter, folder });
  const { train, validation, test } = splits;
  return {
    train: store(train),
    ...(validation && { validation: store(validation) }),
    ...(test && { test: store(test) }),
  };
}

async function outcomeOf(work: () => Promise<readonly EvaluatorResult[]>, events: EvaluationEvents): Promise<Outcome> {
  try {
    const results: unknown = await work();
    if (isResults(results)) return { status: 'done', results };
    return { status: 'failed', reason: 'it returned no list of { metric, split, value }; its author must fix it' };
  } catch (error) {
    const file = damagedFileOf(error);
    if (file) await events.onDamagedFile?.(file);
    return { status: 'failed', reason: failureText(error) };
  }
}

function isResults(value: unknown): value is readonly EvaluatorResult[] {
  const isResult = (one: Partial<EvaluatorResult> | null) =>
    typeof one?.metric === 'string' && typeof one.split === 'string' && typeof one.value === 'number';
  return Array.isArray(value) && value.every(isResult);
}

interface EvaluatorCall {
  readonly open: OpenSubject;
  readonly stores: Stores;
  readonly context: EvaluationContext;
  readonly control: EvaluationControl;
}

async function evaluate(
  { evaluator: { evaluator }, index }: EvaluationTask,
  { open, stores, context, control }: EvaluatorCall,
): Promise<readonly EvaluatorResult[]> {
  const { classCount, streams, augmenter, optimizer, splits } = context;
  if (evaluator.kind === 'features') {
    const [train, validation, test] = [stores.train, stores.validation, stores.test].map(store => store?.set(control));
    const random = streams.at('evaluate', index);
    return evaluator.evaluate({ ...control, train: train!, validation, test, classCount, random });
  }
  const own: Streams = { at: (purpose, ...place) => streams.at(`evaluate ${purpose}`, index, ...place) };
  const encoder = frozenEncoder(open.stored!, own);
  return evaluator.evaluate({ ...control, ...splits, classCount, encoder, augmenter, optimizer, streams: own });
}

/** Accuracy of always predicting the most frequent class, by split. */
export function chance(splits: EvaluationContext['splits']): Partial<Record<SplitName, number>> {
  const shares: Partial<Record<SplitName, number>> = {};
  for (const split of ['validation', 'test'] as const) {
    const labels = splits[split]?.labels;
    if (labels) shares[split] = largestShare(labels);
  }
  return shares;
}

function largestShare(labels: Int32Array): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Math.max(...counts.values()) / labels.length;
}
