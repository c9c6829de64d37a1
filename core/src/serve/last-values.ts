import { html, type Html } from '../report/html.js';
import { figureText, shown } from './layout.js';
import type { Group } from './run-metrics.js';
import type { WatchedRun } from './watched-run.js';

/** Groups whose last values are compared. */
const COMPARED: ReadonlySet<Group> = new Set(['Online probe', 'Loss', 'Collapse monitor']);

/** The last value of each curve in each run, one row for each curve: the charts as numbers. */
export function lastValues(runs: readonly WatchedRun[]): Html {
  const values = runs.map(({ metrics }) => new Map(metrics.curves.filter(({ group }) => COMPARED.has(group)).map(({ name, curve }) => [name, curve.last?.value]))); // prettier-ignore
  const names = [...new Set(values.flatMap(one => [...one.keys()]))];
  if (names.length === 0) return html``;
  return html`<details class="group" id="last-values">
    <summary><h2>Last values</h2></summary>
    <div class="wide" tabindex="0" role="region" aria-label="Last values">
      <table>
        <thead>
          <tr><th scope="col">Curve</th>${runs.map(({ name }) => html`<th scope="col" class="number">${shown(name)}</th>`)}</tr>
        </thead>
        <tbody>
          ${names.map(name => html`<tr><th scope="row">${shown(name)}</th>${values.map(one => html`<td class="number">${figureText(one.get(name))}</td>`)}</tr>`)}
        </tbody>
      </table>
    </div>
  </details>`; // prettier-ignore
}
