import { CarlError } from '../errors/carl-error.js';
import { listed } from '../text/closest.js';
import type { RunDirectory } from './run-directory.js';

/** The checkpoint whose epoch was the best on `validation`. */
export interface BestCheckpoint {
  readonly step: number;
  /** How it was chosen, for the user. */
  readonly reason: string;
}

/**
 * The checkpoint with the highest accuracy of the online probe on `validation`; of equal ones the earliest. Never chosen by
 * results on `test`.
 * @throws CarlError INPUT_ARGUMENT if the run has no such accuracy for any of its checkpoints
 */
export async function bestCheckpoint(run: RunDirectory): Promise<BestCheckpoint> {
  const steps = await run.checkpoints();
  const measured: { readonly step: number; readonly accuracy: number }[] = [];
  for await (const { step, probe } of run.metrics.of('epoch'))
    if (probe !== undefined && Number.isFinite(probe)) measured.push({ step, accuracy: probe });
  const kept = measured.filter(({ step }) => steps.includes(step));
  if (kept.length === 0) throw unknown(run, steps, measured.length);
  const accuracy = Math.max(...kept.map(one => one.accuracy));
  const { step } = kept.find(one => one.accuracy === accuracy)!;
  const higher = measured.filter(one => one.accuracy > accuracy);
  const percent = (value: number) => `${(100 * value).toFixed(1)}%`;
  const chosen = `best checkpoint: step ${step}, with ${percent(accuracy)} of the online probe on validation`;
  if (higher.length === 0) return { step, reason: chosen };
  const most = higher.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
  return {
    step,
    reason:
      `${chosen}. Step ${most.step} had ${percent(most.accuracy)}, but its checkpoint was not kept: ` +
      'trainer.checkpointEvery and trainer.keepCheckpoints set how many there are.',
  };
}

function unknown({ path }: RunDirectory, steps: readonly number[], measured: number): CarlError {
  const missing =
    measured === 0
      ? 'its metrics.jsonl has no accuracy of an online probe on `validation`. Train with `probe` on data with a labelled `validation` split'
      : 'the epochs that the online probe was measured at have no checkpoint any more. Train with a higher trainer.keepCheckpoints';
  const named = steps.length === 0 ? '' : `, or name a step: ${listed(steps.map(String))}`;
  return new CarlError(
    'INPUT_ARGUMENT',
    `--checkpoint best: nothing says which checkpoint of ${path} is the best: ${missing}${named}.`,
  );
}
