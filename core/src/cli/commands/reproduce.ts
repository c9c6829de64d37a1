import type { Command } from 'commander';
import { activateBackend } from '../../backend/activate.js';
import type { BackendFingerprint } from '../../contracts/backend.js';
import { formatComparison, compareRuns } from '../../run/compare-runs.js';
import { currentLock } from '../../run/current-lock.js';
import { assertFinished } from '../../run/extension.js';
import { factsOf } from '../../run/facts-of.js';
import { assertUnchanged, linesOf } from '../../run/lock-differences.js';
import { openExperiment } from '../../run/open-pipeline.js';
import { backendOf, openRun, type OpenRun } from '../../run/open-run.js';
import { readRun } from '../../run/read-run.js';
import { isRepetition, repeatRun } from '../../run/repetition.js';
import { withRepairs } from '../../run/resumption.js';
import { shellWord } from '../../text/shell-word.js';
import { ExitStatus } from '../exit-status.js';
import { interruptible } from '../interruptible.js';
import { collect } from '../parse-option.js';
import { progress } from '../progress.js';
import { changeWarnings } from '../reproduction-warnings.js';
import { warnOfDifferences } from '../run-differences.js';

interface ReproduceOptions {
  readonly out?: string;
  readonly set?: readonly string[];
  readonly quiet?: boolean;
}

const EXAMPLES = `
Examples:
  carl reproduce runs/carl-fashion-mnist-mini/seed-0
  carl reproduce runs/my/seed-0 --set data.root=/new/place`;

export function register(command: Command): void {
  command
    .argument('<run>', 'run directory')
    .option('--out <folder>', 'run directory of the repetition (default: <run>-reproduced)')
    .option('--set <key=path>', 'where the data are now, such as data.root=/new/place; can be repeated', collect)
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action(reproduce);
}

async function reproduce(path: string, options: ReproduceOptions): Promise<void> {
  const { set = [], out = `${path.replace(/\/+$/, '')}-reproduced` } = options;
  const opened = await openRun(path, { set });
  const backend = await activateBackend(backendOf(opened), opened.loaded.catalogue);
  await assertRepeatable(opened, backend);
  if (await isRepetition(out, opened))
    process.stderr.write(`${out} is an earlier repetition: it is continued and compared. Delete it to begin again.\n`);
  const observers = options.quiet ? [] : [progress(process.stderr)];
  const { status } = await interruptible(signal => repeatRun(opened, { out, set, backend, observers, signal }));
  if (status === 'interrupted') {
    process.stderr.write(`interrupted; continue with: ${commandOf(path, options)}\n`);
    throw new ExitStatus(130);
  }
  const comparison = await compareRuns(await readRun(path), await readRun(out));
  process.stdout.write(`${formatComparison(comparison)}\n`);
  if (!comparison.identical) throw new ExitStatus(1);
}

/** Checks that a run is finished and that it would be repeated with the same data. @throws CarlError INPUT_RUN */
async function assertRepeatable({ run, loaded, lock }: OpenRun, backend: BackendFingerprint): Promise<void> {
  const experiment = await openExperiment(loaded);
  await assertFinished(run, factsOf(experiment).steps ?? 0);
  const { before, repairs } = await withRepairs(experiment, run, lock);
  const found = await currentLock(experiment, backend, before.data);
  // The stored pipeline is that of the lock: since then, components can only have gained options with defaults.
  const differences = assertUnchanged(before, { ...found, pipeline: lock.pipeline }, run.path);
  warnOfDifferences(linesOf(differences));
  const changes = changeWarnings(run.path, lock, { backend: backend.name, workers: found.workers ?? 1 });
  for (const line of [...repairs.map(repair => `${repair} since the training`), ...changes])
    process.stderr.write(`warning: ${line}\n`);
}

function commandOf(path: string, { out, set = [] }: ReproduceOptions): string {
  const words = ['carl', 'reproduce', path, ...set.flatMap(text => ['--set', text])];
  return [...words, ...(out === undefined ? [] : ['--out', out])].map(shellWord).join(' ');
}
