import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { CarlError } from '../../errors/carl-error.js';
import { currentLock } from '../../run/current-lock.js';
import { assertUnchanged } from '../../run/lock.js';
import { formatComparison, compareRuns } from '../../run/compare-runs.js';
import { openExperiment } from '../../run/open-pipeline.js';
import { factsOf } from '../../run/facts-of.js';
import { readRun } from '../../run/read-run.js';
import { RunDirectory } from '../../run/run-directory.js';
import { RunExistsError } from '../../run/run-exists-error.js';
import { resumeRun, startRun } from '../../run/train-run.js';
import { activateBackend } from '../../backend/activate.js';
import { ExitStatus } from '../exit-status.js';
import { interruptible } from '../interruptible.js';
import { backendOf, openRun, type OpenRun } from '../../run/open-run.js';
import { shellWord } from '../../text/shell-word.js';
import { progress } from '../progress.js';
import { warnOfDifferences } from '../run-differences.js';

interface ReproduceOptions {
  readonly out?: string;
  readonly quiet?: boolean;
}

export function register(command: Command): void {
  command
    .argument('<run>', 'run directory')
    .option('--out <folder>', 'run directory of the repetition (default: <run>-reproduced)')
    .option('--quiet', 'no progress')
    .addHelpText('after', '\nExample:\n  carl reproduce runs/carl-fashion-mnist-mini/seed-0')
    .action(reproduce);
}

/** Checks that a run was trained to the end. @throws CarlError INPUT_RUN */
async function assertFinished(run: RunDirectory, steps: number): Promise<void> {
  const step = (await run.checkpoints()).at(-1) ?? 0;
  if (step >= steps) return;
  throw new CarlError(
    'INPUT_RUN',
    `${run.path} is not finished: it is at step ${step} of ${steps}. Finish it first: carl train --resume ${shellWord(run.path)}`,
  );
}

/** A repetition of the run that was begun before, possibly to its end. @throws CarlError if another run lies there */
async function earlierRepetition(out: string, { run, lock }: OpenRun): Promise<RunDirectory | undefined> {
  if (resolve(out) === resolve(run.path))
    throw new CarlError('INPUT_ARGUMENT', `--out ${out} is the run itself. Choose another folder for its repetition.`);
  if (!existsSync(out)) return undefined;
  if (!existsSync(join(out, 'lock.json'))) throw new RunExistsError(out);
  const earlier = await RunDirectory.open(out);
  if ((await earlier.lock()).pipeline !== lock.pipeline) throw new RunExistsError(out);
  process.stderr.write(`${out} is an earlier repetition: it is continued and compared. Delete it to begin again.\n`);
  return earlier;
}

async function reproduce(path: string, options: ReproduceOptions): Promise<void> {
  const opened = await openRun(path);
  const { run, loaded, lock } = opened;
  const backend = await activateBackend(backendOf(opened), loaded.catalogue);
  const experiment = await openExperiment(loaded);
  await assertFinished(run, factsOf(experiment).steps ?? 0);
  warnOfDifferences(assertUnchanged(lock, await currentLock(experiment, backend, lock.data), path));
  const out = options.out ?? `${path.replace(/\/+$/, '')}-reproduced`;
  const observers = options.quiet ? [] : [progress(process.stderr)];
  const earlier = await earlierRepetition(out, opened);
  const source = await run.source();
  const { status } = await interruptible(signal => {
    const training = { backend, observers, signal };
    return earlier ? resumeRun(experiment, earlier, training) : startRun(experiment, out, { ...training, source });
  });
  if (status === 'interrupted') {
    const command = ['carl', 'reproduce', path, ...(options.out === undefined ? [] : ['--out', out])];
    process.stderr.write(`interrupted; continue with: ${command.map(shellWord).join(' ')}\n`);
    throw new ExitStatus(130);
  }
  const comparison = await compareRuns(await readRun(path), await readRun(out));
  process.stdout.write(`${formatComparison(comparison)}\n`);
  if (!comparison.identical) throw new ExitStatus(1);
}
