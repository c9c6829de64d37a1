import { activateBackend, chosenBackend } from '../backend/activate.js';
import type { StepEstimate } from '../contracts/backend.js';
import { bf16Form, type Bf16Form } from './bf16-form.js';
import { estimateViewThreads } from './estimate-view-threads.js';
import type { Experiment } from './experiment.js';
import { peakMemory, trialImages } from './peak-memory.js';
import type { Plan } from './plan.js';

/** Duration and peak memory of a training, as far as its backend gives an estimate. */
export interface TrainingEstimate {
  /** Name of the backend that the pipeline computes on. */
  readonly backend: string;
  /** How a training in bf16 computes; its duration is estimated as that in float32. */
  readonly bf16?: Bf16Form;
  /** Number of compute threads. */
  readonly threads?: number;
  /** Duration of all steps in seconds, without evaluation. */
  readonly seconds?: number;
  /** Largest resident size of the process. */
  readonly peakBytes?: number;
}

/** Seconds that the trial steps for the peak memory may take. */
const LONGEST_TRIAL = 30;

/**
 * Estimates duration and peak memory of a training. Activates its backend if memory can be measured by trial steps.
 * @throws CarlError INPUT_ARGUMENT, BACKEND_UNAVAILABLE
 */
export async function estimateTraining(experiment: Experiment, plan: Plan): Promise<TrainingEstimate> {
  const { pipeline, catalogue } = experiment.loaded;
  const { batchSize, accumulate } = pipeline.trainer;
  const { backend } = await chosenBackend(pipeline.backend, catalogue);
  const batch = backend.estimate?.({ flops: plan.flopsPerStep / accumulate, bytes: plan.bytes });
  // Only processors multiply numbers in bf16, and their backends give an estimate.
  if (!batch) return { backend: backend.name, ...(pipeline.trainer.precision === 'bf16' && { bf16: 'rounded' }) };
  const seconds = plan.steps * accumulate * batch.seconds;
  const known = { backend: backend.name, threads: batch.threads, seconds, ...(await bf16Of(experiment)) };
  const flopsPerImage = plan.flopsPerStep / (batchSize * accumulate);
  if (!canTry(batch, batchSize, flopsPerImage)) return known;
  await activateBackend(pipeline.backend, catalogue);
  const peakBytes = peakMemory(experiment, { flopsPerImage, threads: await estimateViewThreads(experiment, seconds) });
  return { ...known, ...(peakBytes !== undefined && { peakBytes }) };
}

async function bf16Of({ pipeline, loaded }: Experiment): Promise<Pick<TrainingEstimate, 'bf16'>> {
  if (pipeline.trainer.precision !== 'bf16') return {};
  await activateBackend(pipeline.backend, loaded.catalogue);
  const bf16 = bf16Form(pipeline);
  return bf16 ? { bf16 } : {};
}

function canTry({ inProcess, seconds }: StepEstimate, batchSize: number, flopsPerImage: number): boolean {
  const images = trialImages(flopsPerImage).reduce((sum, count) => sum + count, 0);
  return inProcess && (seconds / batchSize) * images <= LONGEST_TRIAL;
}
