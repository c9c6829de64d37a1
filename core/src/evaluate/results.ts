import type { SplitName } from '../contracts/dataset.js';
import type { EvaluatorResult } from '../contracts/evaluator.js';
import { aligned } from '../text/tables.js';

/** What a run is worth, as written to `results.json`. */
export interface Results {
  readonly format: 1;
  /** Optimizer steps of the judged checkpoint. */
  readonly step: number;
  readonly trained: readonly EvaluatorResult[];
  /** The same encoder before the first step. */
  readonly untrained: readonly EvaluatorResult[];
  /** The pixels instead of features. */
  readonly pixels: readonly EvaluatorResult[];
  readonly chance: Partial<Record<SplitName, number>>;
}

/** A table as text: one row a judged thing, one column a figure; accuracies in percent. */
export function resultsTable(results: Results): string {
  const columns = results.trained
    .filter(({ kind }) => kind !== 'setting')
    .map(({ metric, split, kind }) => ({ metric, split, kind }));
  if (columns.length === 0) return 'nothing was evaluated: the pipeline has no evaluators';
  const row = (name: string, figures: readonly EvaluatorResult[]): string[] => [
    name,
    ...columns.map(({ metric, split }) =>
      cell(figures.find(figure => figure.metric === metric && figure.split === split)),
    ),
  ];
  const rows = [
    ['', ...columns.map(({ metric, split }) => `${metric} ${split}`)],
    row('trained encoder', results.trained),
    row('untrained encoder', results.untrained),
    row('raw pixels', results.pixels),
  ];
  if (columns.some(({ kind }) => kind === 'accuracy'))
    rows.push([
      'chance',
      ...columns.map(({ split, kind }) => (kind === 'accuracy' ? percent(results.chance[split]) : '')),
    ]);
  return aligned(rows);
}

function cell(figure: EvaluatorResult | undefined): string {
  if (!figure) return '';
  return figure.kind === 'accuracy' ? percent(figure.value) : figure.value.toFixed(3);
}

function percent(share: number | undefined): string {
  return share === undefined ? '' : `${(100 * share).toFixed(1)}%`;
}
