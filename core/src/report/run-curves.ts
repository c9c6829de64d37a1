import type { Health } from '../contracts/health.js';
import type { RunRecord } from '../run/read-run.js';

/** A point of a curve. */
interface Point {
  readonly step: number;
  readonly value: number;
}

/** Curves of a run by name: `loss`, the terms of the loss, the numbers of the monitor. */
export type Curves = ReadonlyMap<string, readonly Point[]>;

/** Points of a curve, at most; longer ones are averaged over stretches of steps. */
const MOST_POINTS = 200;

/** Reads the curves of a run: loss and terms averaged over stretches of steps, health as measured. */
export async function curvesOf({ metrics }: RunRecord): Promise<{ loss: Curves; health: Curves }> {
  const loss = new Map<string, Point[]>();
  const health = new Map<string, Point[]>();
  for await (const line of metrics.lines()) {
    if (line.type === 'step') addAll(loss, line.step, { loss: line.loss, ...line.parts });
    if (line.type === 'health') addAll(health, line.step, shownHealth(line.health));
  }
  return { loss: averaged(loss), health: averaged(health) };
}

/** Each between 0 and 1: 0 is a collapse, except for the uncertainty, where both ends are. */
export function shownHealth({
  featureSpread,
  rankMe,
  rankLimit,
  prototypes,
}: Health): Readonly<Record<string, number>> {
  return {
    'spread of features': featureSpread,
    'effective rank / limit': rankMe / rankLimit,
    ...(prototypes && {
      'prototypes used / reachable': prototypes.used / prototypes.reachable,
      'perplexity / prototypes': prototypes.perplexity / prototypes.count,
      'uncertainty of assignments': prototypes.uncertainty,
    }),
  };
}

function addAll(curves: Map<string, Point[]>, step: number, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    const points = curves.get(name) ?? [];
    if (points.length === 0) curves.set(name, points);
    points.push({ step, value });
  }
}

function averaged(curves: ReadonlyMap<string, readonly Point[]>): Curves {
  return new Map([...curves].map(([name, points]) => [name, averagePoints(points)]));
}

function averagePoints(points: readonly Point[]): readonly Point[] {
  const stretch = Math.ceil(points.length / MOST_POINTS);
  const count = Math.ceil(points.length / stretch);
  return Array.from({ length: count }, (_, i) => {
    const part = points.slice(i * stretch, (i + 1) * stretch);
    return { step: part.at(-1)!.step, value: part.reduce((sum, { value }) => sum + value, 0) / part.length };
  });
}
