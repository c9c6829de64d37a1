import { JsonLineError, readJsonLines } from '../files/json-lines.js';
import { damaged } from './damaged.js';

/** Duration and memory of a training so far, over all resumptions. */
export interface Timing {
  readonly seconds: number;
  /** Largest resident size of its processes in bytes; undefined for runs of earlier versions. */
  readonly peakBytes?: number;
  /** Seconds from the start until each step at which the time was taken. */
  readonly points: readonly { readonly step: number; readonly seconds: number }[];
}

interface TimingLine {
  readonly step?: unknown;
  readonly seconds?: unknown;
  readonly peakBytes?: unknown;
}

/** Reads a `timing.jsonl`. @throws CarlError INPUT_RUN naming a damaged line */
export async function readTiming(file: string): Promise<Timing> {
  let [seconds, number, peakBytes] = [0, 0, 0];
  const points: { step: number; seconds: number }[] = [];
  try {
    for await (const line of readJsonLines(file)) {
      number += 1;
      const stored = (line ?? {}) as TimingLine;
      if (typeof stored.seconds !== 'number') throw new JsonLineError(number, new Error('it has no number of seconds'));
      seconds += stored.seconds;
      if (typeof stored.peakBytes === 'number') peakBytes = Math.max(peakBytes, stored.peakBytes);
      points.push({ step: Number(stored.step), seconds });
    }
  } catch (error) {
    throw damaged(file, error);
  }
  return { seconds, points, ...(peakBytes > 0 && { peakBytes }) };
}

/** Seconds from the start of the training until a step, between two points in proportion to their steps. */
export function secondsAt({ points }: Pick<Timing, 'points'>, step: number): number {
  const i = points.findIndex(point => point.step >= step);
  if (i < 0) return points.at(-1)?.seconds ?? 0;
  const [before, after] = [points[i - 1] ?? { step: 0, seconds: 0 }, points[i]];
  const share = after.step === before.step ? 1 : (step - before.step) / (after.step - before.step);
  return before.seconds + share * (after.seconds - before.seconds);
}
