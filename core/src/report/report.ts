import { counted } from '../text/counted.js';
import { LEVEL } from '../compare/differences.js';
import { meanInterval } from '../compare/statistics/mean-interval.js';
import { summarise } from '../compare/summary.js';
import { testMetrics, trainedScores, type VariantRuns } from '../compare/variant-runs.js';
import { differingKeys } from '../run/pipeline-differences.js';
import { comparisonRecord, comparisonText } from '../compare/comparison-files.js';
import { costChart, curveChart, intervalChart, type Row } from './charts.js';
import { gather, type Gathered, type ImageSource, type ReportedRun } from './gather.js';
import { imageSections } from './image-sections.js';
import { figure, html, page, table, type Html } from './html.js';
import { methodCards } from './method-section.js';
import type { Curves } from './run-curves.js';

/**
 * A report on all runs below a folder as one self-contained HTML page without scripts: results with intervals,
 * differences, warnings, learning curves, measurements of the monitor, cost, and how the pipelines differ.
 * @throws CarlError INPUT_ARGUMENT if there are no runs
 */
export async function reportOn(folder: string, source: ImageSource): Promise<string> {
  const gathered = await gather(folder, source);
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
export async function reportAs(folder: string, format: ReportFormat, source: ImageSource): Promise<string> {
  if (format === 'html') return reportOn(folder, source);
  const { variants, images, runs } = await gather(folder, format === 'json' ? source : 'none');
  if (format !== 'json') return comparisonText(variants, format);
  const record = {
    ...comparisonRecord(variants),
    differingKeys: keysBetween(firstRuns({ runs, variants })),
    prototypes: images.shown.map(one => ({ run: one.name, classes: one.images.classes, uses: one.images.prototypes })),
  };
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

function overview({ runs, variants, damaged }: Gathered): Html {
  const finished = variants.reduce((sum, { runs }) => sum + runs.length, 0);
  return html`<p>
      ${counted(runs.length, 'run')} of ${counted(variants.length, 'pipeline')}; finished and evaluated: ${finished}.
    </p>
    ${damaged.map(([name, reason]) => html`<p class="warning">${name} cannot be read: ${reason}</p>`)}`;
}

async function results({ variants }: Gathered): Promise<readonly Html[]> {
  const summary = summarise(variants);
  if (summary === undefined) return [];
  const [head, ...rows] = summary.results;
  const [compared, ...differences] = summary.differences;
  const intervals = intervalRows(variants);
  const chart = intervals.length > 0 ? [figure(await intervalChart(intervals), `Means over seeds on test with their ${100 * LEVEL}% intervals (Student). Intervals need two seeds.`)] : []; // prettier-ignore
  return [
    html`<h2>Results</h2>`,
    table(head, rows, 'Results on the test images'),
    ...chart,
    ...(differences.length > 0 ? [table(compared, differences, 'Differences, paired by seed')] : []),
    html`${summary.sentences.map(text => html`<p>${text}</p>`)}`,
    html`<dl>
      ${summary.legend.map(
        ([name, meaning]) =>
          html`<dt>${name}</dt>
            <dd>${meaning}</dd> `,
      )}
    </dl>`,
  ];
}

function intervalRows(variants: readonly VariantRuns[]): readonly Row[] {
  return testMetrics(variants).flatMap(metric =>
    variants.flatMap(variant => {
      const values = [...trainedScores(variant, metric).values()];
      if (values.length < 2) return [];
      const { mean, lower, upper } = meanInterval(values, LEVEL);
      return [{ metric: metric.metric, pipeline: variant.name, mean, lower, upper }];
    }),
  );
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

async function cost({ variants }: Gathered): Promise<readonly Html[]> {
  const [metric] = testMetrics(variants);
  if (metric === undefined) return [];
  const rows = variants.flatMap(variant => {
    const scores = trainedScores(variant, metric);
    return variant.runs.flatMap(({ seed, seconds }) => {
      const value = scores.get(seed);
      return value === undefined ? [] : [{ pipeline: variant.name, seconds, value }];
    });
  });
  const caption = `Result over the duration of the training, one point for each run. Durations can be compared only if the machine was idle.`;
  return [html`<h2>Cost</h2>`, figure(await costChart(rows, `${metric.metric} test`), caption)];
}

function pipelines({ runs, variants }: Gathered): readonly Html[] {
  if (variants.length === 0) return [];
  const firsts = firstRuns({ runs, variants });
  const rows = keysBetween(firsts);
  const compared = rows.length > 0 ? [html`<div class="text">${table(['key', ...firsts.map(({ pipeline }) => pipeline)], rows, 'Keys in which the pipelines differ')}</div>`] : []; // prettier-ignore
  const text = JSON.stringify(firsts[0].record.pipeline, undefined, 2);
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
  return variants.map(({ name }) => runs.find(run => run.pipeline === name)!);
}

/** Keys in which the pipelines of runs differ, apart from their names and seeds. */
function keysBetween(runs: readonly ReportedRun[]): ReturnType<typeof differingKeys> {
  return differingKeys(runs.map(({ record }) => ({ ...record.pipeline, seed: 0, name: '' })));
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
