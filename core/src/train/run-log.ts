import type { MetricsLine } from '../contracts/metrics.js';
import type { FileDigest } from '../files/growing-digest.js';

/** Storage of a run's checkpoints, metrics and messages, as far as training writes and reads it. */
export interface RunLog {
  /** Folder of the run. */
  readonly path: string;
  /** Folder of the checkpoint after the given number of optimizer steps. */
  checkpointPath(step: number): string;
  /** Steps of all checkpoints, oldest first. */
  checkpoints(): Promise<readonly number[]>;
  /** Writes the folder of a checkpoint, completely or not at all. `files`: content by name. @throws CarlError DISK */
  writeCheckpoint(step: number, files: Readonly<Record<string, Uint8Array | string>>): Promise<void>;
  /**
   * Removes all checkpoints but the newest `keep`. One in between those that are saved every `steps` steps is removed unless it is
   * the newest of all. @throws CarlError DISK
   */
  prune(keep: number, steps: number): Promise<void>;
  /** Appends a line to the metrics. @throws CarlError DISK */
  appendMetrics(line: MetricsLine): Promise<void>;
  /**
   * Writes all appended metrics from the system's buffers to the disk. Resolves to their digest, or to undefined where
   * nothing is written. @throws CarlError DISK
   */
  flushMetrics(): Promise<FileDigest | undefined>;
  /** Appends the duration of a stretch of training that ended at a step. @throws CarlError DISK */
  appendSeconds(step: number, seconds: number): Promise<void>;
  /** Appends a message with the time of day. @throws CarlError DISK */
  log(message: string): Promise<void>;
}
