import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../files/regular-file.js';
import { damaged } from './damaged.js';
import type { Experiment } from './experiment.js';
import { forwardCost, PASSES, total } from './memory-parts.js';

/** Name of the file in a run directory. */
export const COST_FILE = 'cost.json';

/** Multiply and add. */
const FLOPS = 2;

/** The content of `cost.json`: floating-point operations as the shapes of all layers give them. */
export interface RunCost {
  readonly format: 1;
  /** Forward pass of the encoder for one image of the size of the first view. */
  readonly encoderFlops: number;
  /** Trainable weights of the encoder. */
  readonly encoderParameters: number;
  /** A training step: forward and backward pass over all views. */
  readonly stepFlops: number;
}

export function runCost(experiment: Experiment): RunCost {
  const { network, shape, pipeline } = experiment;
  const weights = network.encoder.weights(shape.image).filter(({ trainable }) => trainable);
  return {
    format: 1,
    encoderFlops: FLOPS * total(network.encoder.cost(shape.image), 'multiplyAdds'),
    encoderParameters: weights.reduce((sum, one) => sum + one.shape.reduce((product, side) => product * side, 1), 0),
    stepFlops: FLOPS * PASSES * forwardCost(experiment).multiplyAdds * pipeline.trainer.accumulate,
  };
}

/** Reads the `cost.json` of a run directory; undefined if it does not exist. @throws CarlError INPUT_RUN if it is damaged */
export async function readRunCost(run: string): Promise<RunCost | undefined> {
  const file = join(run, COST_FILE);
  if (!existsSync(file)) return undefined;
  try {
    const stored: unknown = JSON.parse(await readText(file));
    if (isRunCost(stored)) return stored;
  } catch (error) {
    throw damaged(file, error);
  }
  throw damaged(file, new Error('it is not the cost of a training'));
}

function isRunCost(stored: unknown): stored is RunCost {
  const { format, encoderFlops, encoderParameters, stepFlops } = (stored ?? {}) as Partial<RunCost>;
  return format === 1 && [encoderFlops, encoderParameters, stepFlops].every(one => typeof one === 'number');
}
