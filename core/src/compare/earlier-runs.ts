import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedPipeline } from '../config/loaded-pipeline.js';
import { CarlError } from '../errors/carl-error.js';
import { currentLock } from '../run/current-lock.js';
import { openExperiment } from '../run/open-pipeline.js';
import { hashOf } from '../run/lock.js';
import { changesExperiment, linesOf, type LockDifference, lockDifferences } from '../run/lock-differences.js';
import { openRun } from '../run/open-run.js';
import { pipelineDifferences } from '../run/pipeline-differences.js';
import { extensionsOf } from '../run/run-changes.js';
import { RunDirectory } from '../run/run-directory.js';
import type { ComparedRun } from './compared-run.js';

/** Runs that an error lists; it counts the others. */
const LISTED = 5;

/**
 * Refuses runs of an earlier comparison that are of another pipeline or other data than now. Returns their other
 * differences, such as versions, one line each.
 * @throws CarlError INPUT_RUN
 */
export async function assertSameRuns(out: string, runs: readonly ComparedRun[]): Promise<readonly string[]> {
  const [refused, environment]: [string[], string[]] = [[], []];
  for (const { path, load } of runs) {
    if (!existsSync(join(path, 'lock.json'))) continue;
    const differences = await differencesOf(path, await load());
    const changes = differences.filter(changesExperiment);
    if (changes.length > 0) refused.push([path, ...linesOf(changes).map(line => `  ${line}`)].join('\n  '));
    else environment.push(...linesOf(differences).map(line => `${path}: ${line}`));
  }
  if (refused.length === 0) return environment;
  const rest = refused.length > LISTED ? [`and ${refused.length - LISTED} more`] : [];
  throw new CarlError(
    'INPUT_RUN',
    `${out} has runs of another pipeline or other data:\n  ${[...refused.slice(0, LISTED), ...rest].join('\n  ')}\n` +
      'Choose another folder with --out, or delete these runs to train them again.',
  );
}

/** The backend is left out: a run may be continued on another one, and results differ by rounding only. */
async function differencesOf(path: string, loaded: LoadedPipeline): Promise<readonly LockDifference[]> {
  const lock = await (await RunDirectory.open(path)).lock();
  if (hashOf(loaded.pipeline) !== lock.pipeline) {
    const { pipeline } = (await openRun(path)).loaded;
    const changes = pipelineDifferences({ ...pipeline, backend: null }, { ...loaded.pipeline, backend: null });
    if (changes.length > 0) return changes.map(inPipeline);
  }
  const extended = extensionsOf(lock).map(({ from, to }) =>
    inPipeline(`trainer.epochs: extended from ${from} to ${to}`),
  );
  if (extended.length > 0) return extended;
  const experiment = await openExperiment(loaded);
  const now = await currentLock(experiment, lock.backend, lock.data);
  return lockDifferences(lock, { ...now, pipeline: lock.pipeline });
}

function inPipeline(line: string): LockDifference {
  return { part: 'pipeline', text: `pipeline ${line}` };
}
