import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Augmenter } from '../contracts/augmenter.js';
import type { NestedOptions } from '../contracts/components.js';
import type { EvaluationControl, Evaluator, EvaluatorResult, NetworkOutput } from '../contracts/evaluator.js';
import type { DamagedFile, ImageSet } from '../contracts/image-set.js';
import type { EvaluationReport } from '../contracts/observer.js';
import type { Optimizer } from '../contracts/optimizer.js';
import type { Streams } from '../contracts/random.js';
import { evaluationControl } from './control.js';
import { encoderAt } from './encoder-layer.js';
import type { FeatureMap } from './features.js';
import { frozenEncoder, type StoredEncoder } from './frozen-encoder.js';
import { mappedFeatures } from './mapped-features.js';
import type { OutputMap } from './network-output.js';
import { isResults, outcomeOf } from './outcome.js';
import type { Outcome } from './results-record.js';
import { SplitStores } from './split-stores.js';
import { withDataset, type EvaluatorStatus, type Subject } from './results.js';

interface NamedEvaluator {
  /** `use` of its component. */
  readonly use: string;
  readonly evaluator: Evaluator;
}

/** A dataset and the evaluators that are applied to it. */
export interface EvaluatedDataset {
  /** Name under `transfer`; undefined for the pipeline's own dataset. */
  readonly name?: string;
  readonly splits: { readonly train: ImageSet; readonly validation?: ImageSet; readonly test?: ImageSet };
  readonly classCount?: number;
  readonly evaluators: readonly NamedEvaluator[];
}

/** Everything that the evaluators of a run share. */
export interface EvaluationContext {
  readonly augmenter: Augmenter;
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
  /** Features of a layer of the encoder; undefined for a baseline without a network. */
  readonly layer?: (name: string) => FeatureMap;
  /** Undefined for a baseline without a network. */
  readonly stored?: StoredEncoder;
  /** Opens a map to an output behind the encoder; undefined for a baseline without a network. */
  readonly output?: (output: Exclude<NetworkOutput, 'features'>) => OutputMap;
  close(): void;
}

/** An evaluator applied to a subject. */
export interface EvaluationTask {
  readonly subject: EvaluationSubject;
  readonly dataset: EvaluatedDataset;
  /** Index in the list of evaluators of the dataset. */
  readonly index: number;
  readonly evaluator: NamedEvaluator;
}

export interface EvaluationEvents {
  onReport(place: number, report: Pick<EvaluationReport, 'status' | 'done' | 'total'>): Promise<void>;
  /** Called after each task; `place` counts the tasks from 0. */
  onOutcome(place: number, outcome: Outcome): Promise<void>;
  /** Called before the outcome of an evaluator that failed because of a file of the data. */
  readonly onDamagedFile?: (file: DamagedFile) => Promise<void>;
}

/** Every evaluator on the first subject, then on each baseline that it declares: subject by subject, dataset by dataset. */
export function evaluationTasks(
  subjects: readonly EvaluationSubject[],
  datasets: readonly EvaluatedDataset[],
): readonly EvaluationTask[] {
  return subjects.flatMap(subject =>
    datasets.flatMap(dataset =>
      dataset.evaluators.flatMap((evaluator, index) =>
        isApplicable(evaluator.evaluator, subject.key) ? [{ subject, dataset, index, evaluator }] : [],
      ),
    ),
  );
}

/** Protocols, embeddings and assignments need a network, even if the baseline `pixels` is declared. */
export function isApplicable({ kind, baselines, output = 'features', layer }: Evaluator, subject: Subject): boolean {
  if (subject === 'trained') return true;
  const isPossible = subject !== 'pixels' || (kind === 'features' && output === 'features' && layer === undefined);
  return isPossible && baselines.some(baseline => baseline === subject);
}

/** The fields of a task that results keep. */
export function statusOf(task: EvaluationTask): Pick<EvaluatorStatus, 'evaluator' | 'subject'> {
  return { evaluator: titleOf(task), subject: task.subject.key };
}

/** `use` of the evaluator, after the name of a dataset under `transfer`: `knn`, `flowers/knn`. */
export function titleOf({ dataset, evaluator }: Pick<EvaluationTask, 'dataset' | 'evaluator'>): string {
  return withDataset(dataset.name, evaluator.use);
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
    try {
      const own = [...tasks.entries()].filter(([, task]) => task.subject === subject);
      for (const dataset of new Set(own.map(([, task]) => task.dataset)))
        await runOnDataset(
          own.filter(([, task]) => task.dataset === dataset),
          { open, context, events },
        );
    } finally {
      open.close();
    }
  }
}

interface DatasetRun {
  readonly open: OpenSubject;
  readonly context: EvaluationContext;
  readonly events: EvaluationEvents;
}

/** Runs the tasks of one subject on one dataset, with their places, and then frees the features. */
async function runOnDataset(
  tasks: readonly (readonly [place: number, task: EvaluationTask])[],
  { open, context, events }: DatasetRun,
): Promise<void> {
  const [[, { dataset }]] = tasks;
  const { augmenter, folder } = context;
  const mapAt = (layer: string | undefined) => (layer === undefined ? open.features : open.layer!(layer));
  const stores = new SplitStores({ splits: dataset.splits, mapAt, augmenter, folder });
  try {
    for (const [place, task] of tasks) {
      if (context.signal.aborted) return;
      await events.onReport(place, { status: 'running' });
      const control = evaluationControl(context.signal, async (done, total) =>
        events.onReport(place, { status: 'running', done, total }),
      );
      const call = { open, stores, context, control };
      const outcome = await outcomeOf(async () => named(await evaluate(task, call), dataset), events.onDamagedFile);
      // An evaluator that is interrupted fails for that reason, which is not an outcome.
      if (context.signal.aborted && outcome.status === 'failed') return;
      await events.onOutcome(place, (await stores.dropChanged()) ? CHANGED : outcome);
    }
  } finally {
    await stores.close();
  }
}

/** Outcome of an evaluator whose figures may be those of features that it changed itself. */
const CHANGED: Outcome = {
  status: 'failed',
  reason:
    'it changed features that it only borrows; its author must fix it. They are computed again for the other evaluators',
};

/** Results on a dataset under `transfer` with its name. */
function named(results: unknown, { name }: EvaluatedDataset): unknown {
  if (name === undefined || !isResults(results)) return results;
  return results.map(one => ({ ...one, metric: withDataset(name, one.metric), dataset: name }));
}

interface EvaluatorCall {
  readonly open: OpenSubject;
  readonly stores: SplitStores;
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
  { evaluator: { evaluator }, dataset: { name, splits, classCount }, index }: EvaluationTask,
  { open, stores, context, control }: EvaluatorCall,
  map?: OutputMap,
): Promise<readonly EvaluatorResult[]> {
  const { streams, augmenter, optimizer } = context;
  const base = name === undefined ? 'evaluate' : `transfer ${name}`;
  if (evaluator.kind === 'features') {
    const own = stores.at(evaluator.layer);
    const [train, validation, test] = [own.train, own.validation, own.test]
      .map(store => store?.set(control))
      .map(set => (set && map ? mappedFeatures(set, map, control) : set));
    const random = streams.at(base, index);
    const sets = map?.prototypeSets && { prototypeSets: map.prototypeSets };
    return evaluator.evaluate({ ...control, train: train!, validation, test, classCount, ...sets, random });
  }
  const own: Streams = { at: (purpose, ...place) => streams.at(`${base} ${purpose}`, index, ...place) };
  const stored = open.stored!;
  const encoder = frozenEncoder({ ...stored, encoder: encoderAt(stored.encoder, evaluator.layer) }, own);
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
