import type { RunRecord } from '../run/read-run.js';
import { secondsAt } from '../run/timing-file.js';
import type { ProbePoint, TrainingCost } from './variant-runs.js';

/** The cost of a training, from its run directory. */
export async function trainingCost({ pipeline, timing, cost, metrics }: RunRecord): Promise<TrainingCost> {
  const probe: ProbePoint[] = [];
  for await (const { step, probe: accuracy } of metrics.of('epoch'))
    if (accuracy !== undefined) probe.push({ seconds: secondsAt(timing, step), accuracy });
  const { batchSize, accumulate } = pipeline.trainer;
  const images = (timing.points.at(-1)?.step ?? 0) * batchSize * accumulate;
  return {
    ...(images > 0 && timing.seconds > 0 && { imagesPerSecond: images / timing.seconds }),
    ...(timing.peakBytes !== undefined && { peakBytes: timing.peakBytes }),
    ...(cost && { encoderFlops: cost.encoderFlops }),
    ...(probe.length > 0 && { probe }),
  };
}
