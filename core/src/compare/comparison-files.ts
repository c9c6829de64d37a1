import { join } from 'node:path';
import { figuresOf } from '../evaluate/results.js';
import { writeAtomic } from '../files/atomic.js';
import { csvLine } from '../text/csv-line.js';
import { aligned } from '../text/tables.js';
import type { LeftOutVariant } from './compatible.js';
import { datasetRanks } from './dataset-ranks.js';
import { differencesOf, LEVEL } from './differences.js';
import { meanInterval } from './statistics/mean-interval.js';
import { settingsLines, type Settings } from './settings.js';
import { summarise } from './summary.js';
import { trialLines, trialRows, type TrialRecord } from './trial-table.js';
import { testMetrics, trainedScores, type VariantRuns } from './variant-runs.js';

/** What is known of a comparison beside its results. */
export interface ComparisonNotes {
  readonly settings?: Settings;
  /** The trials that the settings were chosen from. */
  readonly trials?: readonly TrialRecord[];
  /** Combinations of the grid that cannot be trained, with the reasons. */
  readonly leftOut?: readonly LeftOutVariant[];
}

/** Text below the table of results, for terminals. */
export function notesText({ settings, trials }: ComparisonNotes): string {
  return [
    ...(trials ? ['', aligned(trialRows(trials)), ...trialLines(trials)] : []),
    ...(settings ? ['', ...settingsLines(settings)] : []),
  ].join('\n');
}

/**
 * Writes a comparison beside its runs: `comparison.json` (means, intervals and differences), `comparison.csv` (one line
 * for each result of each run), `comparison.md` (the printed tables) and `comparison.tex` (the table of results for LaTeX
 * with the package booktabs).
 * @throws CarlError DISK
 */
export async function writeComparison(
  folder: string,
  variants: readonly VariantRuns[],
  notes: ComparisonNotes = {},
): Promise<void> {
  for (const [format, name] of Object.entries(NAMES))
    await writeAtomic(join(folder, name), comparisonText(variants, format as ComparisonFormat, notes));
}

/** Formats of a comparison, with the names of their files. */
const NAMES = { json: 'comparison.json', csv: 'comparison.csv', markdown: 'comparison.md', latex: 'comparison.tex' };
export type ComparisonFormat = keyof typeof NAMES;

/** The content of one of these files. */
export function comparisonText(
  variants: readonly VariantRuns[],
  format: ComparisonFormat,
  notes: ComparisonNotes = {},
): string {
  if (format === 'json') return `${JSON.stringify({ ...comparisonRecord(variants), ...notes }, undefined, 2)}\n`;
  return { csv, markdown, latex }[format](variants, notes);
}

/** Means, intervals and differences as plain data. */
export function comparisonRecord(variants: readonly VariantRuns[]) {
  const metrics = testMetrics(variants);
  return {
    format: 1,
    split: 'test',
    level: LEVEL,
    pipelines: variants.map(variant => ({
      name: variant.name,
      seeds: variant.runs.map(({ seed }) => seed),
      seconds: variant.runs.flatMap(({ seconds }) => (Number.isNaN(seconds) ? [] : [seconds])),
      cost: variant.runs.map(({ cost = {} }) => cost),
      collapses: [...new Set(variant.runs.flatMap(({ warnings }) => warnings))],
      metrics: metrics.flatMap(metric => {
        const values = [...trainedScores(variant, metric).values()];
        return values.length === 0 ? [] : [{ ...metric, ...finite(meanInterval(values, LEVEL)) }];
      }),
    })),
    ranks: datasetRanks(variants),
    differences: differencesOf(variants, metrics).map(({ metric, ...rest }) => ({ ...metric, ...rest })),
  };
}

/** JSON has no infinity: the interval of a single value has no ends. */
function finite<T extends { lower: number; upper: number }>({ lower, upper, ...rest }: T) {
  return Number.isFinite(lower) ? { ...rest, lower, upper } : rest;
}

function csv(variants: readonly VariantRuns[]): string {
  const lines = variants.flatMap(({ name, runs }) =>
    runs.flatMap(({ seed, seconds, cost = {}, results }) =>
      figuresOf(results).map(one =>
        csvLine([
          name,
          seed,
          one.subject,
          one.metric,
          one.split,
          one.kind,
          one.value,
          Number.isNaN(seconds) ? '' : seconds,
          cost.imagesPerSecond ?? '',
          cost.peakBytes ?? '',
          cost.encoderFlops ?? '',
        ]),
      ),
    ),
  );
  return [
    'pipeline,seed,subject,metric,split,kind,value,seconds,images_per_second,peak_bytes,encoder_flops',
    ...lines,
    '',
  ].join('\n');
}

type Cells = readonly (readonly string[])[];

function markdown(variants: readonly VariantRuns[], { settings, trials, leftOut = [] }: ComparisonNotes): string {
  const summary = summarise(variants);
  if (summary === undefined) return '# Comparison\n\nNo run is finished yet.\n';
  const { results, differences, sentences, probe, ranks, legend } = summary;
  const table = ([head, ...rows]: Cells) =>
    [head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...rows].map(row => `| ${row.map(escaped).join(' | ')} |`);
  const compared = differences.length > 0 ? ['', ...table(differences), '', ...sentences] : [];
  const further = [ranks, probe].flatMap(rows => (rows.length > 0 ? ['', ...table(rows)] : []));
  const explained = legend.map(([name, meaning]) => `- ${escaped(name)}: ${escaped(meaning)}`);
  const drawn = trials
    ? ['', ...table(trialRows(trials)), '', ...trialLines(trials).map(line => `- ${escaped(line)}`)]
    : [];
  const setting = settings ? ['', ...settingsLines(settings, Infinity).map(line => `- ${escaped(line.trim())}`)] : [];
  return [
    '# Comparison',
    '',
    ...table(results),
    ...compared,
    ...further,
    ...drawn,
    '',
    ...explained,
    ...setting,
    ...(leftOut.length > 0 ? ['', 'Combinations that cannot be trained are left out:', ''] : []),
    ...leftOut.map(({ name, reason }) => `- ${escaped(name)}: ${escaped(reason)}`),
    '',
  ].join('\n');
}

/** Text that Markdown shows as it is, also in a table. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>|#]/g, character => `\\${character}`).replaceAll(/[\r\n]+/g, ' ');
}

function latex(variants: readonly VariantRuns[]): string {
  const [head, ...rows]: Cells = summarise(variants)?.results ?? [['no run is finished yet']];
  const line = (row: readonly string[]) => `${row.map(latexText).join(' & ')} \\\\`;
  const body = [line(head), '\\midrule', ...rows.map(line)];
  const columns = `l${'r'.repeat(head.length - 1)}`;
  return [`\\begin{tabular}{${columns}}`, '\\toprule', ...body, '\\bottomrule', '\\end{tabular}', ''].join('\n');
}

function latexText(text: string): string {
  const symbols: Readonly<Record<string, string>> = { '\\': '\\textbackslash{}', '~': '\\textasciitilde{}', '^': '\\textasciicircum{}', '±': '$\\pm$' }; // prettier-ignore
  return text.replaceAll(/[\\~^±&%$#_{}]/g, character => symbols[character] ?? `\\${character}`);
}
