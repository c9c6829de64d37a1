import { html, type Html } from '../report/html.js';
import { counted } from '../text/counted.js';
import { curvesSection, idOf, legend } from './curves-section.js';
import { lastValues } from './last-values.js';
import { shown, type Page } from './layout.js';
import { lineStyle, STYLES } from './line-chart.js';
import { compared, listed, SORTS, type Choice } from './run-choice.js';
import { factsOf, latestWarning } from './run-facts.js';
import { runRow } from './run-row.js';
import type { WatchedFolder } from './watched-folder.js';
import type { WatchedRun } from './watched-run.js';

/** All runs with filters, and the curves of those that are ticked. */
export async function overviewPage(folder: WatchedFolder, choice: Choice): Promise<Page> {
  const shownRuns = compared(folder.runs, choice);
  await folder.complete(shownRuns);
  const rows = listed(folder.runs, choice);
  const styles = new Map(shownRuns.map((run, i) => [run, lineStyle(i)]));
  const hidden = shownRuns.filter(run => !rows.includes(run));
  return {
    title: `Runs in ${folder.name}`,
    revision: folder.revision,
    folder: folder.name,
    main: html`<div class="overview">
      <form class="runs" id="filters" method="get" action="/">
        <input type="hidden" name="chosen" value="1" />
        ${hidden.map(({ name }) => html`<input type="hidden" name="run" value="${name}" />`)}
        <h1>Runs</h1>
        ${filters(folder.runs, choice)}
        <p class="count" role="status">${countText(rows.length, folder.runs.length)}</p>
        ${rows.length > 0 ? table(rows.map(run => runRow(run, styles.get(run)))) : nothing(folder)}
      </form>
      <section class="comparison" id="content" tabindex="-1" aria-label="Curves">
        ${warnings(shownRuns)} ${await comparison(shownRuns, choice)}
      </section>
    </div>`,
  };
}

function filters(runs: readonly WatchedRun[], { words, method, state, sort }: Choice): Html {
  const methods = [...new Set(runs.map(run => factsOf(run).method))].filter(Boolean).sort();
  const states = [...new Set(runs.map(run => run.state))].sort();
  return html`<div class="filters">
    <label class="search">
      <span>Search</span>
      <input type="search" name="words" value="${words}" placeholder="name, method, data, seed" autocomplete="off" />
    </label>
    ${select('method', 'Method', { values: ['', ...methods], chosen: method })}
    ${select('state', 'State', { values: ['', ...states], chosen: state })}
    ${select('sort', 'Order', { values: SORTS, chosen: sort })}
    <noscript><button>Show</button></noscript>
  </div>`;
}

function select(
  name: string,
  label: string,
  { values, chosen }: { readonly values: readonly string[]; readonly chosen: string },
): Html {
  return html`<label>
    <span>${label}</span>
    <select name="${name}">
      ${values.map(value => html`<option value="${value}" ${value === chosen ? html`selected` : ''}>${value || 'all'}</option>`)}
    </select>
  </label>`; // prettier-ignore
}

function countText(listedCount: number, all: number): string {
  return listedCount === all ? counted(all, 'run') : `${listedCount} of ${counted(all, 'run')}`;
}

function table(rows: readonly Html[]): Html {
  return html`<div class="list" tabindex="0" role="region" aria-label="List of runs">
    <table>
      <thead>
        <tr>
          <th scope="col"><span class="unseen">Compare</span></th>
          <th scope="col">Run</th>
          <th scope="col" class="number">Loss</th>
          <th scope="col" class="number">Result</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function nothing({ runs }: WatchedFolder): Html {
  return runs.length > 0
    ? html`<p class="hint">No run passes these filters.</p>`
    : html`<p class="hint">There are no runs in this folder yet. This page shows them as soon as <code>carl train</code> begins one.</p>`; // prettier-ignore
}

/** The latest collapse of each compared run. */
function warnings(runs: readonly WatchedRun[]): readonly Html[] {
  return runs.flatMap(run => {
    const warning = latestWarning(run);
    return warning?.collapsed
      ? [html`<p class="warning" id="warning-${idOf(run.name)}"><strong>${shown(run.name)}</strong>, from step ${warning.since}: ${shown(warning.message)}</p>`] // prettier-ignore
      : [];
  });
}

async function comparison(runs: readonly WatchedRun[], { ticked }: Choice): Promise<Html> {
  if (runs.length === 0) return html`<p class="hint empty">Tick runs in the list to compare their curves.</p>`;
  const dropped = (ticked?.length ?? 0) - runs.length;
  const note = dropped > 0 ? html`<p class="hint">The curves of the first ${STYLES} runs are shown.</p>` : html``;
  return html`${legend(runs)}${note}${await curvesSection(runs)}${lastValues(runs)}`;
}
