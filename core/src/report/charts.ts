import type { TopLevelSpec } from 'vega-lite';
import { COLOURS } from './marks.js';

/** A row of the data of a chart. */
export type Row = Readonly<Record<string, string | number>>;

export const DASHES = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
];

/** Grey that can be read on white and on black. */
const INK = '#767676';

/** Curves over steps, one panel for each of `panel`, one line for each of `line`. */
export function curveChart(rows: readonly Row[], title: string): Promise<string> {
  const legend = new Set(rows.map(({ pipeline }) => pipeline)).size > 1 ? {} : null;
  return render({
    ...base(rows),
    mark: { type: 'line', clip: true },
    width: 225,
    height: 140,
    encoding: {
      x: { field: 'step', type: 'quantitative', title: 'optimizer step' },
      y: { field: 'value', type: 'quantitative', title, scale: { zero: false } },
      color: { field: 'pipeline', type: 'nominal', scale: { range: COLOURS }, legend },
      strokeDash: { field: 'pipeline', type: 'nominal', scale: { range: DASHES }, legend },
      detail: { field: 'run', type: 'nominal' },
      facet: { field: 'curve', type: 'nominal', columns: 3, title: null },
    },
    resolve: { scale: { y: 'independent' } },
  });
}

/** Means with their intervals: one panel for each metric, one row for each pipeline. */
export function intervalChart(rows: readonly Row[]): Promise<string> {
  const layers = [
    { mark: { type: 'rule', strokeWidth: 2 }, encoding: { x: { field: 'lower', type: 'quantitative', scale: { zero: false } }, x2: { field: 'upper' } } },
    { mark: { type: 'point', filled: true, size: 60 }, encoding: { x: { field: 'mean', type: 'quantitative', title: null } } },
  ]; // prettier-ignore
  return render({
    ...base(rows),
    facet: { field: 'metric', type: 'nominal', columns: 2, title: null },
    spec: {
      width: 300,
      height: { step: 22 },
      encoding: {
        y: { field: 'pipeline', type: 'nominal', title: null, sort: null },
        color: { field: 'pipeline', type: 'nominal', scale: { range: COLOURS }, legend: null },
      },
      layer: layers,
    },
    resolve: { scale: { x: 'independent' } },
  } as TopLevelSpec);
}

/** Quality over the time of a training: one point for each run. */
export function costChart(rows: readonly Row[], metric: string): Promise<string> {
  return render({
    ...base(rows),
    mark: { type: 'point', filled: true, size: 60 },
    width: 420,
    height: 220,
    encoding: {
      x: { field: 'seconds', type: 'quantitative', title: 'seconds of training', scale: { zero: true } },
      y: { field: 'value', type: 'quantitative', title: metric, scale: { zero: false } },
      color: { field: 'pipeline', type: 'nominal', scale: { range: COLOURS } },
      shape: { field: 'pipeline', type: 'nominal' },
    },
  });
}

function base(rows: readonly Row[]) {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'transparent',
    data: { values: [...rows] },
    config: {
      axis: {
        labelLimit: 220,
        labelColor: INK,
        titleColor: INK,
        gridColor: INK,
        gridOpacity: 0.25,
        domainColor: INK,
        tickColor: INK,
      },
      legend: { labelColor: INK, titleColor: INK },
      header: { labelColor: INK, titleColor: INK },
      view: { stroke: INK, strokeOpacity: 0.4 },
    },
  };
}

/** The chart as SVG. Vega is loaded when the first chart is drawn. */
async function render(spec: TopLevelSpec): Promise<string> {
  const [{ compile }, vega] = await Promise.all([import('vega-lite'), import('vega')]);
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}
