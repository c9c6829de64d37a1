import { token } from './token.js';

/** Report of one optimizer step; numbers on the host. */
export interface StepReport {
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number;
  readonly parts: Readonly<Record<string, number>>;
  /** Scalars that parts of the network report, by `<part>.<name>`; empty for most. */
  readonly notes: Readonly<Record<string, number>>;
  readonly learningRate: number;
  readonly gradientNorm: number;
  readonly imagesPerSecond: number;
  /** Images that a step sees, each in all its views. */
  readonly imagesPerStep: number;
}

/** A judgement of the monitor. */
export interface Warning {
  /** `partial-collapse`, `uniform-assignments`, ... */
  readonly kind: string;
  /** Step at which it began. */
  readonly since: number;
  /** True if nothing useful is being learned, false if it is only a sign of that. */
  readonly collapsed: boolean;
  readonly message: string;
}

/** Is told of everything that happens in a run. Never changes it. */
export interface Observer {
  onStart?(info: {
    readonly run: string;
    readonly steps: number;
    readonly epochs: number;
    readonly startStep: number;
  }): void;
  onStep?(report: StepReport): void;
  onEpoch?(summary: { readonly epoch: number; readonly metrics: Readonly<Record<string, number>> }): void;
  onWarning?(warning: Warning): void;
  onCheckpoint?(path: string): void;
  onEnd?(): void;
}
export const Observer = token<Observer>('Observer');
