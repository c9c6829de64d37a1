import type { DataFingerprints } from './data-fingerprints.js';

/** A change of a run between two parts of its training. */
export type RunChange = EpochsChange | DataChange | BackendChange | WorkersChange;

/** The training was continued to more epochs. */
export interface EpochsChange {
  readonly kind: 'epochs';
  /** Optimizer steps done before the change. */
  readonly step: number;
  readonly date: string;
  readonly from: number;
  readonly to: number;
  /** SHA-256 of the resolved pipeline before the change. */
  readonly pipeline: string;
}

/** The training was continued with changed data, such as repaired images. */
interface DataChange {
  readonly kind: 'data';
  /** Optimizer steps done before the change. */
  readonly step: number;
  readonly date: string;
  /** Fingerprints before the change, of the splits that changed. */
  readonly data: DataFingerprints;
}

/** The training was continued on another backend. */
export interface BackendChange {
  readonly kind: 'backend';
  /** Optimizer steps done before the change. */
  readonly step: number;
  readonly date: string;
  /** Names of the backends. */
  readonly from: string;
  readonly to: string;
}

/** The training was continued by another number of workers. */
export interface WorkersChange {
  readonly kind: 'workers';
  /** Optimizer steps done before the change. */
  readonly step: number;
  readonly date: string;
  /** Numbers of workers. */
  readonly from: number;
  readonly to: number;
}
