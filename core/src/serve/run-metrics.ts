import { join } from 'node:path';
import type { EpochLine, MetricsLine, StepLine } from '../contracts/metrics.js';
import type { Warning } from '../contracts/observer.js';
import { shownHealth } from '../report/run-curves.js';
import { metricsLine } from '../run/metrics-lines.js';
import { GrowingCurve } from './growing-curve.js';
import { MetricsTail } from './metrics-tail.js';

/** Groups of curves in the order of the page. */
export const GROUPS = ['Online probe', 'Loss', 'Collapse monitor', 'Reported by the components', 'Optimizer'] as const;
export type Group = (typeof GROUPS)[number];

/** A curve of a run with its place on the page. */
export interface RunCurve {
  readonly group: Group;
  readonly name: string;
  readonly curve: GrowingCurve;
}

/** A warning of the collapse monitor. */
export interface ShownWarning {
  readonly since: number;
  readonly collapsed: boolean;
  readonly kind: string;
  readonly message: string;
}

/** Curves and warnings of a run, at most; a file with more is not one that a training wrote. */
const MOST_CURVES = 80;
const MOST_WARNINGS = 200;

/** The content of a `metrics.jsonl` as far as pages show it, kept up to date by reading new lines only. */
export class RunMetrics {
  readonly #tail: MetricsTail;
  readonly #curves = new Map<string, RunCurve>();
  #warnings: ShownWarning[] = [];
  #latest: Pick<StepLine, 'step' | 'epoch' | 'loss'> | undefined;
  #epochs = 0;

  constructor(run: string) {
    this.#tail = new MetricsTail(join(run, 'metrics.jsonl'));
  }

  get curves(): readonly RunCurve[] {
    return [...this.#curves.values()];
  }

  /** Oldest first. */
  get warnings(): readonly ShownWarning[] {
    return this.#warnings;
  }

  /** The last step; undefined before the first one. */
  get latest(): Pick<StepLine, 'step' | 'epoch' | 'loss'> | undefined {
    return this.#latest;
  }

  /** Number of completed epochs. */
  get epochs(): number {
    return this.#epochs;
  }

  /** Reads the lines that are new since the last call. @throws as {@link MetricsTail.read} */
  async read(): Promise<void> {
    await this.#tail.read({
      restart: () => this.#restart(),
      line: stored => {
        const line = metricsLine(stored);
        if (line) this.#add(line);
      },
    });
  }

  #restart(): void {
    this.#curves.clear();
    this.#warnings = [];
    [this.#latest, this.#epochs] = [undefined, 0];
  }

  #add(line: MetricsLine): void {
    if (line.type === 'step') this.#addStep(line);
    if (line.type === 'health') this.#addAll('Collapse monitor', line.step, shownHealth(line.health));
    if (line.type === 'epoch') this.#addEpoch(line);
    if (line.type === 'warning' && this.#warnings.length < MOST_WARNINGS) {
      const { since, collapsed, kind, message }: Partial<Record<keyof Warning, unknown>> = line.warning;
      this.#warnings.push({ since: Number(since), collapsed: collapsed === true, kind: String(kind), message: String(message) }); // prettier-ignore
    }
  }

  #addStep({ step, epoch, loss, parts, notes, learningRate, gradientNorm }: StepLine): void {
    this.#latest = { step, epoch, loss };
    this.#addAll('Loss', step, { loss, ...parts });
    for (const [name, value] of Object.entries(notes))
      if (name.startsWith('probe.')) this.#addAll('Online probe', step, { [PROBE[name] ?? name]: value });
      else this.#addAll('Reported by the components', step, { [name]: value });
    this.#addAll('Optimizer', step, { 'learning rate': learningRate, 'gradient norm': gradientNorm });
  }

  #addEpoch({ step, epoch, probe }: EpochLine): void {
    this.#epochs = epoch;
    if (typeof probe === 'number') this.#addAll('Online probe', step, { 'accuracy on validation': probe });
  }

  #addAll(group: Group, step: number, values: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(values)) {
      const key = `${group} ${name}`;
      let known = this.#curves.get(key);
      if (known === undefined && this.#curves.size < MOST_CURVES) {
        known = { group, name, curve: new GrowingCurve() };
        this.#curves.set(key, known);
      }
      known?.curve.add(step, value);
    }
  }
}

const PROBE: Readonly<Record<string, string>> = {
  'probe.loss': 'loss of the probe',
  'probe.accuracy': 'accuracy on training batches',
};
