import { LEVEL } from '../compare/differences.js';
import { meanInterval } from '../compare/statistics/mean-interval.js';
import { summarise } from '../compare/summary.js';
import { trialLines, trialRows, type TrialRecord } from '../compare/trial-table.js';
import { testMetrics, trainedScores, type TestMetric, type VariantRuns } from '../compare/variant-runs.js';
import { costChart, intervalChart, timeChart, type Row } from './charts.js';
import type { Gathered } from './gather.js';
import { figure, html, table, type Html } from './html.js';

/** Results on test with intervals and differences, and the trials that the settings were chosen from. */
export async function results({ variants, trials }: Gathered): Promise<readonly Html[]> {
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
    ...trialSection(trials),
  ];
}

function trialSection(trials: readonly TrialRecord[]): readonly Html[] {
  if (trials.length === 0) return [];
  const [head, ...rows] = trialRows(trials);
  return [
    html`<h2>Trials</h2>
      <p>
        Settings drawn from the ranges of each pipeline and judged on validation. The results above are those of the
        chosen settings, trained again with other seeds.
      </p>`,
    table(head, rows, 'Trials of each pipeline'),
    html`<ul>
      ${trialLines(trials).map(line => html`<li>${line}</li> `)}
    </ul>`,
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

/** Results over the duration of the trainings, and the accuracy of the online probe while they were trained. */
export async function cost({ variants }: Gathered): Promise<readonly Html[]> {
  const [metric] = testMetrics(variants);
  const ends = metric === undefined ? [] : endRows(variants, metric);
  const probed = probePoints(variants);
  if (ends.length + probed.length === 0) return [];
  return [
    html`<h2>Cost</h2>`,
    ...(ends.length > 0 ? [figure(await costChart(ends, `${metric.metric} test`), `Result over the duration of the training, one point for each run. ${IDLE}`)] : []), // prettier-ignore
    ...(probed.length > 0 ? [figure(await timeChart(probed, 'online probe on validation'), `Accuracy over the time of training, one line for each run, measured by the online probe after each epoch. ${IDLE}`)] : []), // prettier-ignore
  ];
}

const IDLE = 'Durations can be compared only if the machine was idle.';

function endRows(variants: readonly VariantRuns[], metric: TestMetric): readonly Row[] {
  return variants.flatMap(variant => {
    const scores = trainedScores(variant, metric);
    return variant.runs.flatMap(({ seed, seconds }) => {
      const value = scores.get(seed);
      return value === undefined || Number.isNaN(seconds) ? [] : [{ pipeline: variant.name, seconds, value }];
    });
  });
}

/** Points of the online probe, in percent. */
function probePoints(variants: readonly VariantRuns[]): readonly Row[] {
  return variants.flatMap(({ name, runs }) =>
    runs.flatMap(({ seed, cost }) =>
      (cost?.probe ?? []).flatMap(({ seconds, accuracy }) =>
        Number.isNaN(seconds) ? [] : [{ pipeline: name, run: `${name} ${seed}`, seconds, value: 100 * accuracy }],
      ),
    ),
  );
}
