import type { LegendEntry } from '../evaluate/results.js';
import type { TrainingCost, VariantRuns } from './variant-runs.js';

type Figure = Exclude<keyof TrainingCost, 'probe'>;

/** Columns of cost beside the seconds, each with its unit. */
const COLUMNS: readonly { readonly head: string; readonly figure: Figure; readonly unit: number; readonly meaning: string }[] = [
  { head: 'images/s', figure: 'imagesPerSecond', unit: 1, meaning: 'training images per second of training, each counted once per epoch' },
  { head: 'MiB', figure: 'peakBytes', unit: 2 ** 20, meaning: 'largest memory of the process during training, without that of a GPU' },
  { head: 'MFLOPs', figure: 'encoderFlops', unit: 1e6, meaning: 'millions of floating-point operations of the encoder for one image' },
]; // prettier-ignore

/** Head and cells of the columns of cost that any of the variants has. */
export function costCells(variants: readonly VariantRuns[]): {
  readonly head: readonly string[];
  readonly cells: (variant: VariantRuns) => readonly string[];
  readonly legend: readonly LegendEntry[];
} {
  const shown = COLUMNS.filter(({ figure }) => variants.some(one => meanOf(one, figure) !== undefined));
  return {
    head: shown.map(({ head }) => head),
    cells: variant => shown.map(({ figure, unit }) => text(meanOf(variant, figure), unit)),
    legend: shown.map(({ head, meaning }) => [head, meaning]),
  };
}

function meanOf({ runs }: VariantRuns, figure: Figure): number | undefined {
  const values = runs.flatMap(({ cost }) => cost?.[figure] ?? []);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function text(value: number | undefined, unit: number): string {
  if (value === undefined) return '';
  const scaled = value / unit;
  return scaled >= 100 ? scaled.toFixed(0) : String(Number(scaled.toPrecision(3)));
}

/** Points in time at which accuracies are shown, as shares of the longest training. */
const SHARES = [0.125, 0.25, 0.5, 1];

/** Head and one row for each variant with an online probe: its mean accuracy after some seconds of training; empty without any. */
export function probeRows(variants: readonly VariantRuns[]): readonly (readonly string[])[] {
  const probed = variants.filter(({ runs }) => runs.some(({ cost }) => cost?.probe));
  if (probed.length === 0) return [];
  const longest = Math.max(...probed.flatMap(({ runs }) => runs.map(({ seconds }) => seconds)));
  const times = SHARES.map(share => share * longest);
  return [
    ['online probe on validation after', ...times.map(time => `${time < 10 ? time.toFixed(1) : time.toFixed(0)} s`)],
    ...probed.map(variant => [variant.name, ...times.map(time => accuracyAt(variant, time))]),
  ];
}

/** Mean over the runs of the accuracy after the last epoch that ended by then, in percent. */
function accuracyAt({ runs }: VariantRuns, time: number): string {
  const found = runs.map(({ cost }) => cost?.probe?.filter(({ seconds }) => seconds <= time).at(-1)?.accuracy);
  const values = found.filter(value => value !== undefined);
  if (values.length < found.length) return '';
  return ((100 * values.reduce((sum, value) => sum + value, 0)) / values.length).toFixed(1);
}
