import { html, type Html } from '../report/html.js';
import { idOf, swatch } from './curves-section.js';
import { figureText, resultText, runAddress, shown, stateBadge } from './layout.js';
import type { LineStyle } from './line-chart.js';
import { factsOf, headline, latestWarning } from './run-facts.js';
import type { WatchedRun } from './watched-run.js';

/** A run in the list; with a style if its curves are shown. */
export function runRow(run: WatchedRun, style: LineStyle | undefined): Html {
  const { method, data } = factsOf(run);
  const result = headline(run);
  const progress = run.state === 'finished' ? '' : epochText(run);
  return html`<tr id="row-${idOf(run.name)}">
    <td class="tick">
      <input type="checkbox" name="run" value="${run.name}" id="tick-${idOf(run.name)}" aria-label="Compare ${run.name}" ${style ? html`checked` : ''} />
      ${style ? swatch(style) : ''}
    </td>
    <th scope="row">
      <a href="${runAddress(run.name)}">${shown(run.name)}</a>
      <span class="details">${stateBadge(run.state)} ${collapse(run)} ${[progress, method, data].filter(Boolean).map(text => html`<span>${shown(text)}</span>`)}</span>
    </th>
    <td class="number">${figureText(run.metrics.latest?.loss)}</td>
    <td class="number">
      ${result ? resultText(result) : ''}<span class="details">${result ? shown(result.metric) : ''}</span>
    </td>
  </tr>`; // prettier-ignore
}

function collapse(run: WatchedRun): Html {
  const warning = latestWarning(run);
  return warning?.collapsed ? html` <span class="state collapsed">${warning.kind.replaceAll('-', ' ')}</span>` : html``;
}

/** `epoch 3 of 20`. */
export function epochText(run: WatchedRun): string {
  const { epochs } = factsOf(run);
  const { latest } = run.metrics;
  return latest && Number.isFinite(epochs) ? `epoch ${figureText(latest.epoch)} of ${epochs}` : '';
}
