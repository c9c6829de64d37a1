import { token } from './token.js';
import type { Kernels } from './kernels.js';

/** Whether a backend can compute on this machine. */
export interface Availability {
  readonly available: boolean;
  /** One line: the device or library that was found, or why the backend cannot compute here. */
  readonly reason: string;
  /** One line: how the user can make the backend available. */
  readonly remedy?: string;
  /** Replaces the backend's rank where it depends on the device found. `auto` never picks a backend of negative rank. */
  readonly rank?: number;
  /** True for a damaged installation; a command that computes on another backend instead prints a warning. */
  readonly damaged?: boolean;
}

/** Properties of a backend that can change the last bits of a result; recorded in a run's lock. */
export interface BackendFingerprint {
  readonly name: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly threads: number;
  readonly flags: Readonly<Record<string, string>>;
}

/** Work of the forward and the backward pass of one batch, over all views. */
export interface StepWork {
  /** Floating-point operations. */
  readonly flops: number;
  /** Bytes of weights, gradients, optimizer buffers, and activations kept for the backward pass. */
  readonly bytes: number;
}

/** Estimate of the cost of a training step on this machine. */
export interface StepEstimate {
  /** Duration in seconds, within a factor of two. */
  readonly seconds: number;
  /** Number of compute threads. */
  readonly threads: number;
  /** True if tensors are allocated in this process, so that peak memory can be measured by steps on a few images. */
  readonly inProcess: boolean;
}

/** Memory of a device with memory of its own, as far as it is known. */
export interface DeviceMemory {
  /** All of it; other programs may use a part. */
  readonly bytes?: number;
  /** Limit on the bytes of a single tensor. */
  readonly tensorBytes?: number;
}

/** A compute backend of TensorFlow.js. */
export interface Backend {
  readonly name: string;
  /** `auto` picks the available backend of the highest rank. */
  readonly rank: number;
  /** Checks, quickly and without side effects, whether the backend can be activated. */
  probe(): Promise<Availability>;
  /**
   * Makes this the current backend of TensorFlow.js and returns its fused kernels. Kernels that it does not return are
   * composed of TensorFlow.js operations.
   * @throws CarlError BACKEND_UNAVAILABLE
   */
  activate(): Promise<Partial<Kernels>>;
  /** Called after {@link activate}. */
  fingerprint(): BackendFingerprint;
  /** Estimates a training step without activating the backend. Undefined if the speed is unknown. */
  estimate?(work: StepWork): StepEstimate | undefined;
  /** The memory of the device, for a backend whose tensors are not in this process. Called after {@link activate}. */
  memory?(): DeviceMemory;
}
export const Backend = token<Backend>('Backend');
