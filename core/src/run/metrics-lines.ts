import type { Health } from '../contracts/health.js';
import { METRICS_VERSION, type MetricsLine, type MetricsType, type StepLine } from '../contracts/metrics.js';
import type { Warning } from '../contracts/observer.js';

type Values = Readonly<Record<string, unknown>>;

const TYPES: readonly MetricsType[] = ['step', 'health', 'warning', 'epoch', 'evaluation'];

/**
 * A stored line as a {@link MetricsLine}. Lines without `v` are those of runs made before lines had a version. Undefined
 * for a type that this version does not know.
 * @throws Error if the line is no object or from a newer version
 */
export function metricsLine(stored: unknown): MetricsLine | undefined {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) throw new Error('it is not an object');
  const line = stored as Values;
  if (line.v === undefined) return unversioned(line);
  if (line.v !== METRICS_VERSION) throw new Error(`version ${JSON.stringify(line.v)} of its lines is not known`);
  const type = TYPES.find(one => one === line.type);
  if (type === undefined) return undefined;
  if ((type === 'warning' || type === 'health') && (typeof line[type] !== 'object' || line[type] === null))
    throw new Error(`it has no ${type}`);
  return type === 'step'
    ? stepLine(line, line.parts as Values, line.notes as Values)
    : (line as unknown as MetricsLine);
}

/** Numbers that JSON cannot hold were written as null. */
function stepLine({ step, epoch, ...line }: Values, parts: Values = {}, notes: Values = {}): StepLine {
  return {
    v: METRICS_VERSION,
    type: 'step',
    step: Number(step),
    epoch: Number(epoch),
    loss: numberOf(line.loss),
    parts: numbersOf(parts),
    notes: numbersOf(notes),
    learningRate: numberOf(line.learningRate),
    gradientNorm: numberOf(line.gradientNorm),
  };
}

function unversioned(line: Values): MetricsLine | undefined {
  const head = { v: METRICS_VERSION, step: Number(line.step) } as const;
  if (line.health !== undefined) return { ...head, type: 'health', health: line.health as Health };
  if (line.warning !== undefined) return { ...head, type: 'warning', warning: line.warning as Warning };
  if (line.loss === undefined) return undefined;
  const { step: _step, epoch: _epoch, loss: _loss, learningRate: _rate, gradientNorm: _norm, ...parts } = line;
  return stepLine(line, parts);
}

function numbersOf(values: Values): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, numberOf(value)]));
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : NaN;
}
