import { availableParallelism } from 'node:os';
import type { StepEstimate, StepWork } from '@carl-ssl/core';

/** Rates of one core, fitted to ResNet-18 of width 16 to 64 and ViTs of width 128 and 384 on a processor with AVX-512. */
const FLOPS_PER_SECOND = 200e9;
const BYTES_PER_SECOND = 0.55e9;

/** Estimates a training step on the processor: time for arithmetic plus time to move weights and activations. */
export function estimateStep({ flops, bytes }: StepWork, threads: number): StepEstimate {
  const cores = Math.min(threads, availableParallelism());
  const seconds = (flops / FLOPS_PER_SECOND + bytes / BYTES_PER_SECOND) / cores;
  return { seconds, threads, inProcess: true };
}
