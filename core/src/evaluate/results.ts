import type { NestedOptions } from '../contracts/components.js';
import type { Baseline, EvaluatorResult } from '../contracts/evaluator.js';
import { aligned, columns as columnsOfText, wrapped } from '../text/tables.js';

/** What an evaluator is applied to: the trained encoder, or a baseline. */
export type Subject = 'trained' | Baseline;

/** Weights of the trained encoder: the student's, or those of the teacher that follows it. */
export type NetworkName = 'student' | 'teacher';

/** The content of `results.json`, and of the results of other evaluations. */
export interface Results {
  readonly format: 2;
  /** Optimizer steps of the evaluated checkpoint; 0 for given weights. */
  readonly step: number;
  /** Folder of a checkpoint that was named by its path. */
  readonly checkpoint?: string;
  /** File of weights that were given instead of a run. */
  readonly weights?: string;
  /** The network that `trained` refers to; undefined if the pipeline has no teacher. */
  readonly network?: NetworkName;
  /** True if the encoder started from the pipeline's `initialWeights`: `untrained` is then the encoder with these. */
  readonly initialWeights?: true;
  /** The evaluators with all options. Earlier versions did not store them. */
  readonly evaluators?: readonly NestedOptions[];
  /** State of weights, data, plugins and backend, without which no figure can be kept for a later evaluation. */
  readonly basis?: EvaluationBasis;
  /** One entry for each evaluator and subject, in the order in which they run. */
  readonly status: readonly EvaluatorStatus[];
  readonly trained: readonly EvaluatorResult[];
  /** The same encoder before the first step. */
  readonly untrained: readonly EvaluatorResult[];
  /** The pixels instead of features. */
  readonly pixels: readonly EvaluatorResult[];
  /** Accuracy of always predicting the most frequent class, by split: `test`; `flowers/test` for a dataset under `transfer`. */
  readonly chance: Readonly<Record<string, number | undefined>>;
}

/** Everything that figures depend on besides the options of their evaluators. */
export interface EvaluationBasis {
  /** SHA-256 of the file of the evaluated weights. */
  readonly weights: string;
  /** SHA-256 by path of the files that options of evaluators name. */
  readonly files: Readonly<Record<string, string>>;
  /** State of the data, plugins and backend, in the form of `lock.json`. */
  readonly lock: unknown;
}

export interface EvaluatorStatus {
  /** `use` of the evaluator, after the name of a dataset under `transfer`: `knn`, `flowers/knn`. */
  readonly evaluator: string;
  readonly subject: Subject;
  /** `pending` until it has run; stays so after an interruption. */
  readonly status: 'pending' | 'done' | 'failed';
  /** Number of its figures in the list of its subject, if it is done. */
  readonly figures?: number;
  /** Message of the error of an evaluator that failed. */
  readonly reason?: string;
}

/** Results in the first format have no `status` and are those of the student. */
export type StoredResults = Results | (Omit<Results, 'format' | 'status' | 'network'> & { readonly format: 1 });

/** Converts stored results to the current format. */
export function presentResults(stored: StoredResults): Results {
  return stored.format === 2 ? stored : { ...stored, format: 2, status: [] };
}

/** True if every evaluator has run, also if some failed. */
export function isComplete({ status }: Results): boolean {
  return status.every(one => one.status !== 'pending');
}

/** A name of something that is measured on a dataset, or of a split: `flowers/test`. */
export function withDataset(dataset: string | undefined, name: string): string {
  return dataset === undefined ? name : `${dataset}/${name}`;
}

/** The subjects, in the order of tables. */
const SUBJECTS = ['trained', 'untrained', 'pixels'] as const;

/** Results of all subjects, each with its subject. */
export function figuresOf(results: Results): readonly (EvaluatorResult & { readonly subject: Subject })[] {
  return SUBJECTS.flatMap(subject => results[subject].map(one => ({ subject, ...one })));
}

/** Fields of results that say whose figures they are. */
export type ResultsHead = Pick<Results, 'step' | 'checkpoint' | 'weights' | 'network' | 'initialWeights'>;

/** `trained teacher`, `trained encoder`, `given weights`, `untrained encoder`, `initial encoder` (with `initialWeights`), `raw pixels`. */
export function subjectLabel(
  subject: Subject,
  { network, initialWeights, weights }: Omit<ResultsHead, 'step'>,
): string {
  if (subject === 'trained') return weights === undefined ? `trained ${network ?? 'encoder'}` : 'given weights';
  if (subject === 'pixels') return 'raw pixels';
  return initialWeights ? 'initial encoder' : 'untrained encoder';
}

/** One line for each evaluator that failed, with its reason. */
export function failures(results: Results): readonly string[] {
  return results.status.flatMap(({ evaluator, subject, reason }) =>
    reason === undefined ? [] : [`evaluator ${evaluator} failed (${subjectLabel(subject, results)}): ${reason}`],
  );
}

/** The evaluated weights, the network and the evaluators, in one line. */
export function resultsTitle({ status, ...head }: Results): string {
  const { step, checkpoint, weights, network } = head;
  const uses = [...new Set(status.map(({ evaluator }) => evaluator))];
  return [
    weights ?? `checkpoint of step ${step}${checkpoint === undefined ? '' : ` (${checkpoint})`}`,
    ...(network ? [`network ${network}`] : []),
    `evaluators ${uses.length === 0 ? 'none' : uses.join(', ')}`,
  ].join('; ');
}

/** A table with one row for each subject and one column for each metric and split, accuracies in percent; then its legend. In parts below each other, if it is wider than `width`. */
export function resultsTable(results: Results, width?: number): string {
  const columns = columnsOf(results);
  if (columns.length === 0)
    return results.status.length === 0
      ? 'nothing was evaluated: the pipeline has no evaluators'
      : 'no evaluator has a result';
  const rows = SUBJECTS.filter(subject => subject === 'trained' || results[subject].length > 0).map(subject => [
    subjectLabel(subject, results),
    ...columns.map(({ metric, split }) =>
      cell(results[subject].find(one => one.metric === metric && one.split === split)),
    ),
  ]);
  const head = ['', ...columns.map(({ metric, split }) => `${metric} ${split}`)];
  const legend = [...metricLegend(columns), ...chanceLegend(columns)];
  return [aligned([head, ...rows, ...chanceRow(results, columns)], width), ...legendLines(legend, width)].join('\n');
}

/** What a name in a table stands for. */
export type LegendEntry = readonly [name: string, meaning: string];

/** The metrics that have a description, each once. */
export function metricLegend(figures: readonly EvaluatorResult[]): readonly LegendEntry[] {
  return [...new Map(figures.flatMap(({ metric, description }) => (description ? [[metric, description]] : [])))];
}

/** A legend below a table, after an empty line; its texts are wrapped to the width. */
export function legendLines(entries: readonly LegendEntry[], width = Infinity): readonly string[] {
  const beside = Math.max(0, ...entries.map(([name]) => name.length)) + 2;
  const rows = entries.flatMap(([name, meaning]) =>
    wrapped(meaning, Math.max(LEAST_TEXT, width - beside)).map((line, i) => [i === 0 ? name : '', line]),
  );
  return rows.length === 0 ? [] : ['', columnsOfText(rows)];
}

/** Characters of a legend beside its names, also in a terminal that is narrower. */
const LEAST_TEXT = 20;

/** The results of the trained encoder, and those that only a baseline has. */
function columnsOf(results: Results): readonly EvaluatorResult[] {
  const all = figuresOf(results).filter(({ kind }) => kind !== 'setting');
  const same = (a: EvaluatorResult, b: EvaluatorResult) => a.metric === b.metric && a.split === b.split;
  return all.filter((one, i) => all.findIndex(other => same(one, other)) === i);
}

function chanceLegend(columns: readonly EvaluatorResult[]): readonly LegendEntry[] {
  const has = columns.some(({ kind }) => kind === 'accuracy');
  return has ? [['chance', 'accuracy of always naming the most frequent class']] : [];
}

function chanceRow({ chance }: Results, columns: readonly EvaluatorResult[]): readonly (readonly string[])[] {
  if (!columns.some(({ kind }) => kind === 'accuracy')) return [];
  const shareOf = ({ split, dataset }: EvaluatorResult) => chance[withDataset(dataset, split)];
  return [['chance', ...columns.map(one => (one.kind === 'accuracy' ? percent(shareOf(one)) : ''))]];
}

function cell(figure: EvaluatorResult | undefined): string {
  if (!figure) return '';
  return figure.kind === 'accuracy' ? percent(figure.value) : figure.value.toFixed(3);
}

function percent(share: number | undefined): string {
  return share === undefined ? '' : `${(100 * share).toFixed(1)}%`;
}
