import type { Command } from 'commander';
import { activateBackend } from '../../backend/activate.js';
import { singleProcess } from '../../builtin/single-process.js';
import type { BackendFingerprint } from '../../contracts/backend.js';
import type { Collective } from '../../contracts/collective.js';
import { CarlError } from '../../errors/carl-error.js';
import { formatComparison, compareRuns } from '../../run/compare-runs.js';
import { currentLock } from '../../run/current-lock.js';
import { assertFinished } from '../../run/extension.js';
import { factsOf } from '../../run/facts-of.js';
import { assertUnchanged, linesOf } from '../../run/lock-differences.js';
import { openExperiment } from '../../run/open-pipeline.js';
import { backendOf, openRun, type OpenRun } from '../../run/open-run.js';
import { readRun } from '../../run/read-run.js';
import { earlierRepetition, repeatRun } from '../../run/repetition.js';
import { withRepairs } from '../../run/resumption.js';
import { byWorkers } from '../../run/resume-command.js';
import { assertSameFolders } from '../../run/workers.js';
import { counted } from '../../text/counted.js';
import { shellWord } from '../../text/shell-word.js';
import { asWorker } from '../as-worker.js';
import { ExitStatus } from '../exit-status.js';
import { interruptible } from '../interruptible.js';
import { collect } from '../parse-option.js';
import { progress } from '../progress.js';
import { changeWarnings } from '../reproduction-warnings.js';
import { warnOfDifferences } from '../run-differences.js';

interface ReproduceOptions {
  readonly out?: string;
  readonly set?: readonly string[];
  readonly collective?: string;
  readonly quiet?: boolean;
}

const EXAMPLES = `
Examples:
  carl reproduce runs/carl-fashion-mnist-mini/seed-0
  carl reproduce runs/my/seed-0 --set data.root=/new/place
  mpirun -n 2 carl reproduce runs/my/seed-0                 a run that two processes trained`;

export function register(command: Command): void {
  command
    .argument('<run>', 'run directory')
    .option('--out <folder>', 'run directory of the repetition (default: <run>-reproduced)')
    .option('--set <key=path>', 'where the data are now, such as data.root=/new/place; can be repeated', collect)
    .option(
      '--collective <component>',
      'how processes that repeat a run together exchange data (default: mpi where mpirun or srun started several)',
    )
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action(reproduce);
}

async function reproduce(path: string, options: ReproduceOptions): Promise<void> {
  await asWorker(options.collective, (collective = singleProcess) => reproduceAs(collective, path, options));
}

/** Repeats a run as one of several workers. Worker 0 alone prints and compares. */
async function reproduceAs(collective: Collective, path: string, options: ReproduceOptions): Promise<void> {
  assertSameFolders(collective, { 'the run': path, '--out': options.out });
  const { set = [], out = `${path.replace(/\/+$/, '')}-reproduced` } = options;
  const isFirst = collective.rank === 0;
  const opened = await openRun(path, { set, collective });
  const backend = await activateBackend(backendOf(opened), opened.loaded.catalogue);
  await assertRepeatable(opened, backend, options);
  const earlier = await earlierRepetition(out, opened);
  if (earlier) assertSameWorkers(out, [earlier.workers, collective.size], workers => commandOf(path, options, workers));
  if (earlier && isFirst)
    process.stderr.write(`${out} is an earlier repetition: it is continued and compared. Delete it to begin again.\n`);
  const observers = options.quiet || !isFirst ? [] : [progress(process.stderr)];
  const continuation = commandOf(path, options, collective.size);
  const repetition = { out, set, backend, observers, collective, continuation };
  const { status } = await interruptible(signal => repeatRun(opened, { ...repetition, signal }));
  const isSame = status !== 'interrupted' && (!isFirst || (await isRepeated(path, out)));
  const isDifferent = await collective.any(!isSame);
  await collective.close?.();
  if (status === 'interrupted') {
    if (isFirst) process.stderr.write(`interrupted; continue with: ${continuation}\n`);
    throw new ExitStatus(130);
  }
  if (isDifferent) throw new ExitStatus(1);
}

/** Compares a run with its repetition, prints the result, and says whether all is the same to the last bit. */
async function isRepeated(path: string, out: string): Promise<boolean> {
  const comparison = await compareRuns(await readRun(path), await readRun(out));
  process.stdout.write(`${formatComparison(comparison)}\n`);
  return comparison.identical;
}

/**
 * Checks that a run is finished and that it would be repeated with the same data. Worker 0 prints warnings.
 * @throws CarlError INPUT_RUN
 */
async function assertRepeatable(
  { run, loaded, lock }: OpenRun,
  backend: BackendFingerprint,
  options: ReproduceOptions,
): Promise<void> {
  const experiment = await openExperiment(loaded);
  await assertFinished(run, factsOf(experiment).steps ?? 0);
  const { before, repairs } = await withRepairs(experiment, run, lock);
  const found = await currentLock(experiment, backend, before.data);
  // The stored pipeline is that of the lock: since then, components can only have gained options with defaults.
  const differences = assertUnchanged(before, { ...found, pipeline: lock.pipeline }, run.path);
  if (experiment.network.collective.rank > 0) return;
  warnOfDifferences(linesOf(differences));
  const exactly = commandOf(run.path, options, lock.workers);
  const changes = changeWarnings(run.path, lock, { backend: backend.name, workers: found.workers ?? 1, exactly });
  for (const line of [...repairs.map(repair => `${repair} since the training`), ...changes])
    process.stderr.write(`warning: ${line}\n`);
}

/**
 * A repetition is computed by one number of workers from its beginning to its end.
 * @throws CarlError INPUT_RUN
 */
function assertSameWorkers(
  out: string,
  [before = 1, now]: readonly [number | undefined, number],
  commandFor: (workers: number) => string,
): void {
  if (before === now) return;
  throw new CarlError(
    'INPUT_RUN',
    `${out} is an earlier repetition by ${counted(before, 'worker')}, and cannot be continued by ${counted(now, 'worker')}. ` +
      `Delete it to begin again, choose another folder with --out, or continue and compare it: ${commandFor(before)}`,
  );
}

function commandOf(path: string, { out, set = [] }: ReproduceOptions, workers: number | undefined): string {
  const words = ['carl', 'reproduce', path, ...set.flatMap(text => ['--set', text])];
  const command = [...words, ...(out === undefined ? [] : ['--out', out])].map(shellWord).join(' ');
  return byWorkers(command, workers);
}
