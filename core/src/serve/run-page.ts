import { metricLegend, figuresOf, subjectLabel, type Results } from '../evaluate/results.js';
import { html, type Html } from '../report/html.js';
import { curvesSection } from './curves-section.js';
import { figureText, resultText, shown, stateBadge, type Page } from './layout.js';
import { pipelineSection } from './pipeline-section.js';
import { factsOf, latestWarning, timeText } from './run-facts.js';
import { epochText } from './run-row.js';
import type { WatchedFolder } from './watched-folder.js';
import type { WatchedRun } from './watched-run.js';

/** One run: warnings, facts, curves, results, and its pipeline with the meaning of each key. */
export async function runPage(folder: WatchedFolder, run: WatchedRun): Promise<Page> {
  await folder.complete([run]);
  return {
    title: `${run.name} in ${folder.name}`,
    revision: folder.revision,
    folder: folder.name,
    main: html`<article class="run">
      <nav><a href="/">All runs</a></nav>
      <h1>${shown(run.name)} ${stateBadge(run.state)}</h1>
      ${warningOf(run)} ${run.reason === undefined ? '' : html`<p class="warning">${shown(run.reason)}</p>`}
      ${facts(run)}
      <section id="content" tabindex="-1" aria-label="Curves">${await curvesSection([run])}</section>
      ${run.files?.results ? results(run.files.results) : ''}
      ${run.files ? await pipelineSection(run.files.pipeline) : ''}
    </article>`,
  };
}

function warningOf(run: WatchedRun): Html {
  const warning = latestWarning(run);
  if (!warning) return html``;
  const { collapsed, since, message } = warning;
  return html`<p class="warning" role="status">
    <strong>${collapsed ? 'Collapse' : 'Early sign of a collapse'}</strong>, from step ${since}: ${shown(message)}
  </p>`;
}

function facts(run: WatchedRun): Html {
  const { pipeline, method, data, seed, created, seconds } = factsOf(run);
  const { latest } = run.metrics;
  const { lock } = run.files ?? {};
  const rows: readonly (readonly [string, unknown])[] = [
    ['Pipeline', pipeline],
    ['Method', method],
    ['Data', data],
    ['Seed', seed],
    ['Progress', [epochText(run), latest && `step ${figureText(latest.step)}`].filter(Boolean).join(', ')],
    ['Loss', figureText(latest?.loss)],
    ['Started', created && `${timeText(created)} UTC`],
    ['Training', seconds > 0 ? durationText(seconds) : ''],
    ['Backend', lock?.backend.name],
    ['Machine', lock?.machine && `${lock.machine.cpu}, ${lock.machine.cores} cores`],
  ];
  return html`<dl class="facts">
    ${rows.filter(([, value]) => Boolean(value)).map(([name, value]) => html`<div><dt>${name}</dt><dd>${shown(value)}</dd></div>`)}
  </dl>`; // prettier-ignore
}

function durationText(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** One row for each metric and split, one column for each subject. */
function results(stored: Results): Html {
  const figures = figuresOf(stored).filter(({ kind }) => kind !== 'setting');
  const subjects = [...new Set(figures.map(({ subject }) => subject))];
  const rows = [...new Set(figures.map(({ metric, split }) => `${metric} ${split}`))];
  if (rows.length === 0) return html``;
  const cell = (row: string, subject: string): string => {
    const found = figures.find(one => one.subject === subject && `${one.metric} ${one.split}` === row);
    return found ? resultText(found) : '';
  };
  return html`<section aria-labelledby="results">
    <h2 id="results">Results</h2>
    <div class="wide" tabindex="0" role="region" aria-label="Results">
      <table>
        <thead>
          <tr><th scope="col">Metric</th>${subjects.map(one => html`<th scope="col" class="number">${subjectLabel(one, stored)}</th>`)}</tr>
        </thead>
        <tbody>
          ${rows.map(row => html`<tr><th scope="row">${shown(row)}</th>${subjects.map(one => html`<td class="number">${cell(row, one)}</td>`)}</tr>`)}
        </tbody>
      </table>
    </div>
    <dl class="terms">${metricLegend(figures).map(([name, meaning]) => html`<div><dt>${shown(name)}</dt><dd>${shown(meaning)}</dd></div>`)}</dl>
  </section>`; // prettier-ignore
}
