import { counted } from '../text/counted.js';
import { differingKeys } from '../run/pipeline-differences.js';
import { shownPipeline } from '../run/shown-pipeline.js';
import { comparisonRecord, comparisonText } from '../compare/comparison-files.js';
import { curveChart, type Row } from './charts.js';
import { gather, type Gathered, type ImageSource, type ReportedRun } from './gather.js';
import { imageSections } from './image-sections.js';
import { figure, html, page, table, type Html } from './html.js';
import { methodCards } from './method-section.js';
import { cost, results } from './results-section.js';
import type { Curves } from './run-curves.js';

/**
 * A report on all runs below a folder as one self-contained HTML page without scripts: results with intervals,
 * differences, warnings, learning curves, measurements of the monitor, cost, and how the pipelines differ.
 * @param added paths of further runs, or of files with results of others, which are in the tables and have no curves
 * @throws CarlError INPUT_ARGUMENT if there are no runs
 */
export async function reportOn(folder: string, source: ImageSource, added: readonly string[] = []): Promise<string> {
  const gathered = await gather(folder, source, added);
  const title = `Report on ${folder}`;
  return page(title, [
    html`<h1>${title}</h1>`,
    overview(gathered),
    ...(await results(gathered)),
    ...warnings(gathered),
    ...(await curves(gathered)),
    ...(await cost(gathered)),
    ...imageSections(gathered.images),
    ...methodCards(gathered.methods),
    ...pipelines(gathered),
    ...environment(gathered),
  ]);
}

/** Formats of a report, with the endings of their files. */
export const REPORT_FORMATS = { html: 'html', json: 'json', csv: 'csv', markdown: 'md', latex: 'tex' };
export type ReportFormat = keyof typeof REPORT_FORMATS;

/** The report in a format: the page, its tables, or in JSON also the prototypes and the differences of the pipelines. */
export async function reportAs(
  folder: string,
  format: ReportFormat,
  { source, added }: { readonly source: ImageSource; readonly added: readonly string[] },
): Promise<string> {
  if (format === 'html') return reportOn(folder, source, added);
  const { variants, images, runs, trials } = await gather(folder, format === 'json' ? source : 'none', added);
  const notes = trials.length > 0 ? { trials } : {};
  if (format !== 'json') return comparisonText(variants, format, notes);
  const record = {
    ...comparisonRecord(variants),
    ...notes,
    differingKeys: keysBetween(firstRuns({ runs, variants })),
    prototypes: images.shown.map(one => ({ run: one.name, classes: one.images.classes, uses: one.images.prototypes })),
  };
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

function overview({ runs, variants, damaged, trials }: Gathered): Html {
  const drawn = trials.reduce((sum, one) => sum + one.trials.length, 0);
  const finished = variants.reduce((sum, { runs }) => sum + runs.length, 0);
  return html`<p>
      ${counted(runs.length, 'run')} of ${counted(variants.length, 'pipeline')}; finished and evaluated: ${finished}.
      ${drawn > 0 ? `Their settings were chosen from ${counted(drawn, 'trial')}.` : ''}
    </p>
    ${damaged.map(([name, reason]) => html`<p class="warning">${name} cannot be read: ${reason}</p>`)}`;
}

function warnings({ runs }: Gathered): readonly Html[] {
  const found = runs.flatMap(({ name, record }) =>
    record.warnings.map(({ since, message }) => html`<p class="warning">${name}, from step ${since}: ${message}</p>`),
  );
  return found.length > 0 ? [html`<h2>Warnings of the collapse monitor</h2>`, ...found] : [];
}

async function curves({ runs }: Gathered): Promise<readonly Html[]> {
  const [loss, health] = [rowsOf(runs, run => run.loss), rowsOf(runs, run => run.health)];
  return [
    ...(loss.length > 0 ? [html`<h2>Learning curves</h2>`, figure(await curveChart(loss, 'mean of some steps'), 'The loss and its terms, one line for each run. Losses of different objectives cannot be compared.')] : []), // prettier-ignore
    ...(health.length > 0 ? [html`<h2>Collapse monitor</h2>`, figure(await curveChart(health, 'measured'), 'Spread and effective rank of the features and use of the prototypes, as the monitor measured them. Values near 0 are signs of a collapse; uncertainty near 1 means uniform assignments.')] : []), // prettier-ignore
  ];
}

function rowsOf(runs: readonly ReportedRun[], pick: (run: ReportedRun) => Curves): readonly Row[] {
  return runs.flatMap(run =>
    [...pick(run)].flatMap(([curve, points]) =>
      points.map(({ step, value }) => ({ curve, step, value, run: run.name, pipeline: run.pipeline })),
    ),
  );
}

function pipelines({ runs, variants }: Gathered): readonly Html[] {
  const firsts = firstRuns({ runs, variants });
  if (firsts.length === 0) return [];
  const rows = keysBetween(firsts);
  const compared = rows.length > 0 ? [html`<div class="text">${table(['key', ...firsts.map(({ pipeline }) => pipeline)], rows, 'Keys in which the pipelines differ')}</div>`] : []; // prettier-ignore
  const text = JSON.stringify(shownPipeline(firsts[0].record.pipeline), undefined, 2);
  return [
    html`<h2>Pipelines</h2>`,
    ...compared,
    html`<details>
      <summary>${firsts[0].pipeline}, with all defaults</summary>
      <pre tabindex="0">${text}</pre>
    </details>`,
  ];
}

/** A run of each pipeline. */
function firstRuns({ runs, variants }: Pick<Gathered, 'runs' | 'variants'>): readonly ReportedRun[] {
  return variants.flatMap(({ name }) => runs.find(run => run.pipeline === name) ?? []);
}

/** Keys in which the pipelines of runs differ, apart from their names and seeds. */
function keysBetween(runs: readonly ReportedRun[]): ReturnType<typeof differingKeys> {
  return differingKeys(runs.map(({ record }) => ({ ...shownPipeline(record.pipeline), seed: 0, name: '' })));
}

function environment({ runs }: Gathered): readonly Html[] {
  const rows = runs.map(({ name, record: { lock, seconds } }) => [
    name,
    lock.backend.name,
    `${lock.machine.cpu}, ${lock.machine.cores} cores`,
    lock.versions.node,
    lock.created.slice(0, 16).replace('T', ' '),
    seconds.toFixed(0),
  ]);
  return [
    html`<h2>Runs</h2>`,
    html`<div class="text">
      ${table(['run', 'backend', 'processor', 'Node.js', 'started', 'seconds'], rows, 'Where the runs were trained')}
    </div>`,
  ];
}
