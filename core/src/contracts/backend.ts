import { token } from './token.js';
import type { Kernels } from './kernels.js';

/** Whether a backend can be used on this machine. `reason` is one line: why not, or what was found; `remedy` is what the user can do. */
export interface Availability {
  readonly available: boolean;
  readonly reason: string;
  readonly remedy?: string;
  /** In place of the backend's own, where it depends on what was found; below 0 it is not taken unless it is named. */
  readonly rank?: number;
  /** Installed, but not whole: who computes without it is told. */
  readonly damaged?: boolean;
}

/** Everything about a backend that may change a result's last bits; goes into a run's lock. */
export interface BackendFingerprint {
  readonly name: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly threads: number;
  readonly flags: Readonly<Record<string, string>>;
}

/** A compute backend of TensorFlow.js. */
export interface Backend {
  readonly name: string;
  /** `auto` takes the available backend with the highest rank; its {@link Availability} may know better. */
  readonly rank: number;
  /** Looks, cheaply and without side effects, whether the backend can be activated. */
  probe(): Promise<Availability>;
  /**
   * Makes it the current TensorFlow.js backend and returns the fused kernels it has; what it lacks is composed.
   * @throws CarlError BACKEND_UNAVAILABLE
   */
  activate(): Promise<Partial<Kernels>>;
  /** After {@link activate}. */
  fingerprint(): BackendFingerprint;
}
export const Backend = token<Backend>('Backend');
