import { DASHES } from '../report/charts.js';
import { COLOURS } from '../report/marks.js';
import type { CurvePoint } from './growing-curve.js';

/** How the curves of a run are drawn; the same in all charts of a page. */
export interface LineStyle {
  readonly colour: string;
  readonly dash: readonly number[];
}

/** A curve of a run in a chart. */
export interface StyledLine {
  readonly style: LineStyle;
  readonly points: readonly CurvePoint[];
}

/** Styles that can be told apart. */
export const STYLES = COLOURS.length * DASHES.length;

/** The style of the run at a position: all colours, then all colours with another dash. */
export function lineStyle(position: number): LineStyle {
  return {
    colour: COLOURS[position % COLOURS.length],
    dash: DASHES[Math.floor(position / COLOURS.length) % DASHES.length],
  };
}

/** Width and height of a chart in its own pixels; pages scale it. */
const SIZE = { width: 310, height: 185 };

/**
 * Curves over steps as SVG. Colours of text and axes are those of the surrounding page. The specification is compiled once:
 * each line carries its own style.
 */
export async function lineChart(lines: readonly StyledLine[]): Promise<Chart> {
  const [vega, runtime] = await (compiled ??= compileChart());
  const rows = lines.flatMap(({ style, points }, line) => points.map(point => ({ ...point, ...style, line })));
  const view = new vega.View(runtime, { renderer: 'none' });
  view.data('rows', rows);
  const svg = await view.toSVG();
  const domains = ['x', 'y'].flatMap(name => (view.scale(name) as { domain: () => readonly number[] }).domain());
  const plot = [...view.origin(), view.width(), view.height(), ...domains];
  view.finalize();
  return { svg, plot };
}

/** A drawn chart. */
export interface Chart {
  readonly svg: string;
  /** Left, top, width and height of the plot in the SVG, then the first and last step and the lowest and highest value in it. */
  readonly plot: readonly number[];
}

let compiled: ReturnType<typeof compileChart> | undefined;

/** Loads the chart library, which takes half a second, before the first chart needs it. */
export async function prepareCharts(): Promise<void> {
  await (compiled ??= compileChart());
}

async function compileChart() {
  const [{ compile }, vega] = await Promise.all([import('vega-lite'), import('vega')]);
  const { spec } = compile({
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: undefined,
    // The fields are numbers already.
    data: { name: 'rows', format: { type: 'json', parse: null } },
    mark: { type: 'line', strokeWidth: 1.8, strokeJoin: 'round', aria: false },
    ...SIZE,
    autosize: { type: 'fit', contains: 'padding' },
    encoding: {
      x: { field: 'step', type: 'quantitative', title: null, axis: { tickCount: 5, grid: false } },
      y: {
        field: 'value',
        type: 'quantitative',
        title: null,
        axis: { tickCount: 4, format: '.4~g', domain: false, ticks: false },
      },
      color: { field: 'colour', type: 'nominal', scale: null },
      strokeDash: { field: 'dash', type: 'nominal', scale: null },
      detail: { field: 'line', type: 'nominal' },
    },
    config: CONFIG,
  });
  return [vega, vega.parse(spec)] as const;
}

const CONFIG = {
  background: 'transparent',
  padding: 2,
  scale: { zero: false },
  view: { stroke: null },
  axis: {
    labelColor: 'currentColor',
    labelFontSize: 11,
    labelFont: 'inherit',
    gridColor: 'currentColor',
    gridOpacity: 0.12,
    domainColor: 'currentColor',
    domainOpacity: 0.4,
    tickColor: 'currentColor',
    tickOpacity: 0.4,
    tickSize: 4,
  },
} as const;
