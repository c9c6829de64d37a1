import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Augmenter } from '../contracts/augmenter.js';
import type { NestedOptions } from '../contracts/components.js';
import type { SplitName } from '../contracts/dataset.js';
import type { EvaluationControl, Evaluator, EvaluatorResult, NetworkOutput } from '../contracts/evaluator.js';
import type { DamagedFile, ImageSet } from '../contracts/image-set.js';
import type { EvaluationReport } from '../contracts/observer.js';
import type { Optimizer } from '../contracts/optimizer.js';
import type { Streams } from '../contracts/random.js';
import { damagedFileOf } from '../data/damaged-file.js';
import { failureText } from '../plugin/plugin-error.js';
import { evaluationControl } from './control.js';
import { FeatureStore } from './feature-store.js';
import type { FeatureMap } from './features.js';
import { frozenEncoder, type StoredEncoder } from './frozen-encoder.js';
import { mappedFeatures } from './mapped-features.js';
import type { OutputMap } from './network-output.js';
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
  /** Opens a map to an output behind the encoder; undefined for a baseline without a network. */
  readonly output?: (output: Exclude<NetworkOutput, 'features'>) => OutputMap;
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

/** Protocols, embeddings and assignments need a network, even if the baseline `pixels` is declared. */
function isApplicable({ kind, baselines, output = 'features' }: Evaluator, subject: Subject): boolean {
  if (subject === 'trained') return true;
  const isPossible = subject !== 'pixels' || (kind === 'features' && output === 'features');
  return isPossible && baselines.some(baseline => baseline === subject);
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

async function evaluate(task: EvaluationTask, call: EvaluatorCall): Promise<readonly EvaluatorResult[]> {
  const { output = 'features' } = task.evaluator.evaluator;
  if (output === 'features') return evaluateOutput(task, call);
  const map = call.open.output!(output);
  try {
    return await evaluateOutput(task, call, map);
  } finally {
    map.close();
  }
}

async function evaluateOutput(
  { evaluator: { evaluator }, index }: EvaluationTask,
  { open, stores, context, control }: EvaluatorCall,
  map?: OutputMap,
): Promise<readonly EvaluatorResult[]> {
  const { classCount, streams, augmenter, optimizer, splits } = context;
  if (evaluator.kind === 'features') {
    const [train, validation, test] = [stores.train, stores.validation, stores.test]
      .map(store => store?.set(control))
      .map(set => (set && map ? mappedFeatures(set, map, control) : set));
    const random = streams.at('evaluate', index);
    const sets = map?.prototypeSets && { prototypeSets: map.prototypeSets };
    return evaluator.evaluate({ ...control, train: train!, validation, test, classCount, ...sets, random });
  }
  const own: Streams = { at: (purpose, ...place) => streams.at(`evaluate ${purpose}`, index, ...place) };
  const encoder = frozenEncoder(open.stored!, own);
  const embed = map && { embed: (features: Tensor2D) => map.apply(features) };
  return evaluator.evaluate({
    ...control,
    ...splits,
    classCount,
    encoder,
    ...embed,
    augmenter,
    optimizer,
    streams: own,
  });
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
