import { createHash } from 'node:crypto';
import { html, trusted, type Html } from '../report/html.js';
import { figureText, runAddress, shown } from './layout.js';
import { lineChart, lineStyle, type Chart, type LineStyle } from './line-chart.js';
import { GROUPS, type Group, type RunCurve } from './run-metrics.js';
import type { WatchedRun } from './watched-run.js';

/** A run with the style of its curves. */
interface StyledRun {
  readonly run: WatchedRun;
  readonly style: LineStyle;
}

/** The curves of one name in several runs. */
interface Panel {
  readonly group: Group;
  readonly name: string;
  readonly lines: readonly { readonly of: StyledRun; readonly curve: RunCurve['curve'] }[];
}

/** Charts of all curves of the runs, by group. Groups behind the monitor are closed until they are opened. */
export async function curvesSection(runs: readonly WatchedRun[]): Promise<readonly Html[]> {
  const styled = runs.map((run, i) => ({ run, style: lineStyle(i) }));
  const panels = panelsOf(styled);
  const sections: Html[] = [];
  for (const group of GROUPS) {
    const inside = panels.filter(panel => panel.group === group);
    if (inside.length === 0) continue;
    const figures: Html[] = [];
    for (const panel of inside) figures.push(await figureOf(panel));
    sections.push(
      html`<details class="group" id="${idOf(group)}" ${OPEN.has(group) ? html`open` : ''}>
        <summary><h2>${group}</h2></summary>
        <p class="hint">${HINTS[group]}</p>
        <div class="charts">${figures}</div>
      </details>`,
    );
  }
  return sections;
}

const OPEN: ReadonlySet<Group> = new Set(['Online probe', 'Loss', 'Collapse monitor']);

const HINTS: Readonly<Record<Group, string>> = {
  'Online probe': 'A linear classifier trained beside the encoder, without any effect on it.',
  Loss: 'Means over stretches of steps. Losses of different objectives cannot be compared.',
  'Collapse monitor':
    'Each between 0 and 1. Values near 0 are signs of a collapse; an uncertainty near 1 means uniform assignments.',
  'Reported by the components': 'Numbers that parts of the network report at every step.',
  Optimizer: 'The learning rate, and the norm of the gradients before clipping.',
};

function panelsOf(runs: readonly StyledRun[]): readonly Panel[] {
  const panels = new Map<string, Panel>();
  for (const of of runs)
    for (const { group, name, curve } of of.run.metrics.curves) {
      const key = `${group} ${name}`;
      const { lines } = panels.get(key) ?? { lines: [] };
      panels.set(key, { group, name, lines: [...lines, { of, curve }] });
    }
  return [...panels.values()];
}

async function figureOf(panel: Panel): Promise<Html> {
  const last = panel.lines.map(({ of, curve }) => [of, figureText(curve.last?.value)] as const);
  const words = last.map(([{ run }, value]) => `${run.name} ${value}`).join(', ');
  const { svg, plot } = await drawn(panel);
  return html`<figure id="${idOf(`${panel.group} ${panel.name}`)}">
    <figcaption>
      <h3>${shown(panel.name)}</h3>
      <span class="last">${last.length === 1 ? last[0][1] : ''}</span>
    </figcaption>
    <div class="chart" role="img" aria-label="${panel.name} over optimizer steps; last values: ${words}" data-plot="${plot.join(' ')}">
      ${trusted(svg)}
    </div>
  </figure>`; // prettier-ignore
}

/** Drawn charts by their panels, the one used last at the end. */
const charts = new Map<string, Chart>();
const MOST_CHARTS = 300;

async function drawn({ group, name, lines }: Panel): Promise<Chart> {
  const key = JSON.stringify([group, name, ...lines.map(({ of, curve }) => [of.run.path, of.style, curve.id])]);
  const known = charts.get(key) ?? (await lineChart(lines.map(({ of, curve }) => ({ style: of.style, points: curve.points() })))); // prettier-ignore
  charts.delete(key);
  charts.set(key, known);
  for (const oldest of charts.keys()) {
    if (charts.size <= MOST_CHARTS) break;
    charts.delete(oldest);
  }
  return known;
}

/** The runs with their styles. */
export function legend(runs: readonly WatchedRun[]): Html {
  return html`<ul class="legend">
    ${runs.map(
      ({ name }, i) => html`<li id="legend-${idOf(name)}" data-run="${name}">${swatch(lineStyle(i))}<a href="${runAddress(name)}">${shown(name)}</a></li>`, // prettier-ignore
    )}
  </ul>`;
}

/** A short line in the style of a run. */
export function swatch({ colour, dash }: LineStyle): Html {
  return html`<svg class="swatch" viewBox="0 0 24 8" width="24" height="8" aria-hidden="true">
    <line x1="1" y1="4" x2="23" y2="4" stroke="${colour}" stroke-width="3" stroke-dasharray="${dash.join(' ')}" />
  </svg>`;
}

/** An id of an element: the same for the same text. */
export function idOf(text: string): string {
  return `x${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
}
