import { counted } from '../text/counted.js';
import type { Profiler, Timed } from './profiler.js';
import { aligned } from '../text/tables.js';

/** Operations that are listed by name; the others are summed up. */
const LISTED = 15;

interface Row {
  readonly name: string;
  readonly calls: number;
  readonly milliseconds: number;
}

/** Where the time of a step goes, as tables. */
export function profileText(profiler: Profiler): string {
  const { events, steps } = profiler;
  if (steps === 0) return 'profile: no step was timed, the training is too short';
  const parts = rowsOf(events, 'part', steps);
  const whole = parts.find(({ name }) => name === 'step')?.milliseconds ?? 0;
  const inside = parts.filter(({ name }) => !OUTSIDE.has(name));
  const rest = whole - inside.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const operations = rowsOf(events, 'operation', steps);
  const others = operations.slice(LISTED);
  return [
    `profile: means of ${counted(steps, 'step')}`,
    '',
    table('part', [
      ...inside,
      { name: 'other work of the step', calls: 1, milliseconds: rest },
      ...parts.filter(({ name }) => OUTSIDE.has(name)),
    ]),
    '',
    table('operation', [
      ...operations.slice(0, LISTED),
      ...(others.length > 0 ? [sumOf('others', others)] : []),
      sumOf('all', operations),
    ]),
  ].join('\n');
}

/** Parts that are the whole step, or lie beside it. */
const OUTSIDE = new Set(['step', 'views', 'read-back', 'monitor', 'metrics', 'checkpoint']);

function rowsOf(events: readonly Timed[], kind: Timed['kind'], steps: number): Row[] {
  const rows = new Map<string, Row>();
  for (const { name, milliseconds } of events.filter(event => event.kind === kind)) {
    const before = rows.get(name) ?? { name, calls: 0, milliseconds: 0 };
    rows.set(name, { name, calls: before.calls + 1 / steps, milliseconds: before.milliseconds + milliseconds / steps });
  }
  return [...rows.values()].sort((a, b) => b.milliseconds - a.milliseconds);
}

function sumOf(name: string, rows: readonly Row[]): Row {
  const sum = (of: (row: Row) => number): number => rows.reduce((total, row) => total + of(row), 0);
  return { name, calls: sum(({ calls }) => calls), milliseconds: sum(({ milliseconds }) => milliseconds) };
}

function table(title: string, rows: readonly Row[]): string {
  const cells = rows.map(({ name, calls, milliseconds }) => [name, calls.toFixed(1), milliseconds.toFixed(2)]);
  return aligned([[title, 'calls a step', 'ms a step'], ...cells]);
}

/** The steps as trace events, for chrome://tracing and Perfetto. */
export function chromeTrace({ events }: Profiler): object {
  const origin = Math.min(...events.map(({ start }) => start));
  const traceEvents = events.map(({ kind, name, start, milliseconds }) => ({
    name,
    cat: kind,
    ph: 'X',
    pid: 1,
    tid: 1,
    ts: Math.round((start - origin) * 1000),
    dur: Math.round(milliseconds * 1000),
  }));
  return { displayTimeUnit: 'ms', traceEvents };
}
