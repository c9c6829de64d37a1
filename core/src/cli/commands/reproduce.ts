import type { Command } from 'commander';
import { CarlError } from '../../errors/carl-error.js';
import { formatComparison, compareRuns } from '../../run/compare-runs.js';
import { openPipeline } from '../../run/open-pipeline.js';
import { factsOf } from '../../run/facts-of.js';
import { readRun } from '../../run/read-run.js';
import type { RunDirectory } from '../../run/run-directory.js';
import { startRun } from '../../run/train-run.js';
import { activateBackend } from '../../backend/activate.js';
import { ExitStatus } from '../exit-status.js';
import { interruptible } from '../interruptible.js';
import { backendOf, openRun } from '../../run/open-run.js';
import { progress } from '../progress.js';

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
    `${run.path} is not finished: it is at step ${step} of ${steps}. Finish it first: carl train --resume ${run.path}`,
  );
}

async function reproduce(path: string, options: ReproduceOptions): Promise<void> {
  const opened = await openRun(path);
  const { run, loaded } = opened;
  const backend = await activateBackend(backendOf(opened), loaded.catalogue);
  const { experiment } = await openPipeline(loaded);
  await assertFinished(run, factsOf(experiment).steps ?? 0);
  const out = options.out ?? `${path.replace(/\/+$/, '')}-reproduced`;
  const observers = options.quiet ? [] : [progress(process.stderr)];
  const { status } = await interruptible(async signal =>
    startRun(experiment, out, { backend, observers, signal, source: await run.source() }),
  );
  if (status === 'interrupted') throw new ExitStatus(130);
  const comparison = await compareRuns(await readRun(path), await readRun(out));
  process.stdout.write(`${formatComparison(comparison)}\n`);
  if (!comparison.identical) throw new ExitStatus(1);
}
