import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { componentArgument } from '../../config/component-argument.js';
import { formatDiagnostics } from '../../config/format.js';
import { loadPipeline } from '../../config/load.js';
import type { Collective } from '../../contracts/collective.js';
import { CarlError } from '../../errors/carl-error.js';
import { resultsTable } from '../../evaluate/results.js';
import { Profiler } from '../../profile/profiler.js';
import { profileText } from '../../profile/report.js';
import { asWorker } from '../as-worker.js';
import { writeEndReport } from '../end-report.js';
import { reportEvaluation } from '../evaluation-end.js';
import { ExitStatus } from '../exit-status.js';
import { interruptibleSession } from '../interruptible.js';
import { BF16_TEXT } from '../bf16-text.js';
import { collect, integer } from '../parse-option.js';
import { progress } from '../progress.js';
import { warnOfDifferences } from '../run-differences.js';
import { colorOf, widthOf } from '../terminal.js';
import { assertSameFolders } from '../../run/workers.js';
import { resumeCommandOf } from '../../run/resume-command.js';
import { RunExistsError } from '../../run/run-exists-error.js';
import { shellWord } from '../../text/shell-word.js';
import { summariseRun } from '../../run/run-list.js';
import { resumeSession, startSession, type Session, type SessionListeners } from '../../run/session.js';
import { printable } from '../../text/printable.js';

interface TrainOptions {
  readonly set?: readonly string[];
  readonly seed?: number;
  readonly out?: string;
  readonly backend?: string;
  readonly resume?: string;
  readonly observer?: readonly string[];
  readonly quiet?: boolean;
  /** False with --no-report. */
  readonly report: boolean;
  readonly profile?: boolean;
  readonly allowChangedData?: boolean;
  readonly allowChangedWorkers?: boolean;
  readonly collective?: string;
}

/** Enough steps for a mean, few enough for a trace that opens quickly. */
const PROFILED_STEPS = 10;

const EXAMPLES = `
Examples:
  carl train pipelines/carl-fashion-mnist-mini.yaml
  carl train my.yaml --set objective.entropyWeight=2 --seed 1 --out runs/weight-2
  carl train my.yaml --observer csv --observer '{ use: csv, file: losses.csv }'
  carl train --resume runs/carl-fashion-mnist-mini/seed-0
  carl train --resume runs/my/seed-0 --set data.root=/new/place
  carl train --resume runs/my/seed-0 --set trainer.epochs=200      train a finished run further
  mpirun -n 2 carl train my.yaml                                   two processes share each batch

Ctrl-C finishes the step, saves a checkpoint and exits with 130; --resume continues to the same numbers.`;

export function register(command: Command): void {
  command
    .argument('[file]', 'pipeline in YAML')
    .option(
      '--set <key=value>',
      'change a value of the pipeline; with --resume the place of its data or more epochs; can be repeated',
      collect,
    )
    .option('--seed <number>', 'seed of the run', integer)
    .option('--out <folder>', 'run directory (default: runs/<name>/seed-<seed>)')
    .option('--backend <name>', 'backend to compute on')
    .option('--resume <run>', 'continue a run that was interrupted or killed')
    .option('--allow-changed-data', 'with --resume: accept that files of the data changed, such as repaired images')
    .option('--allow-changed-workers', 'with --resume: accept another number of workers; the last bits may differ')
    .option(
      '--collective <component>',
      'how processes that train together exchange data (default: mpi where mpirun or srun started several)',
    )
    .option('--observer <component>', 'component that receives the events of the run; can be repeated', collect)
    .option(
      '--profile',
      `time ${PROFILED_STEPS} steps: print the time of each part, and write trace.json to the run directory`,
    )
    .option('--no-report', 'write no report.html into the run directory at the end')
    .option('--quiet', 'no progress and no report')
    .addHelpText('after', EXAMPLES)
    .action(train);
}

async function train(file: string | undefined, options: TrainOptions): Promise<void> {
  if (file === undefined && options.resume === undefined)
    throw new CarlError(
      'INPUT_ARGUMENT',
      'Nothing to train is named. Give a pipeline, `carl train my.yaml`, or continue a run, `carl train --resume RUN`.',
    );
  if (file !== undefined && options.resume !== undefined)
    throw new CarlError(
      'INPUT_ARGUMENT',
      `--resume continues a run with its own pipeline, but ${file} is given too. Leave out one of the two.`,
    );
  if (options.allowChangedData && options.resume === undefined)
    throw new CarlError('INPUT_ARGUMENT', '--allow-changed-data needs --resume: a new run takes the data as they are.');
  if (options.allowChangedWorkers && options.resume === undefined)
    throw new CarlError(
      'INPUT_ARGUMENT',
      '--allow-changed-workers needs --resume: a new run takes any number of workers.',
    );
  await asWorker(options.collective, collective => trainAs(collective, file, options));
}

/** Trains as one of several workers. Worker 0 alone prints. */
async function trainAs(
  collective: Collective | undefined,
  file: string | undefined,
  given: TrainOptions,
): Promise<void> {
  if (collective) assertSameFolders(collective, { '--out': given.out, '--resume': given.resume });
  const isFirst = !collective || collective.rank === 0;
  const options = isFirst ? given : { ...given, quiet: true };
  const profiler = options.profile && isFirst ? new Profiler(PROFILED_STEPS) : undefined;
  const told = { ...(isFirst ? listeners(options) : interruptedQuietly), ...(profiler && { profiler }) };
  const worker = { ...options, collective };
  const session = file === undefined ? await resume(options.resume!, worker, told) : await start(file, worker, told);
  if (profiler) process.stdout.write(`${profileText(profiler)}\n`);
  if (session.status === 'interrupted' && !session.results) {
    if (isFirst) process.stderr.write(`interrupted; continue with: ${resumeCommandOf(session.run.path)}\n`);
    throw new ExitStatus(130);
  }
  if (!isFirst) return;
  if (session.results)
    process.stdout.write(`\n${printable(resultsTable(session.results, widthOf(process.stdout)))}\n\n`);
  process.stdout.write(`run directory: ${session.run.path}\n`);
  if (options.report && !options.quiet) await writeEndReport(session.run.path);
  if (session.results) reportEvaluation(session.results, evaluateCommand(session.run.path, options));
}

/** The command that finishes the evaluation, on the backend of this one: without it, on that of the run's beginning. */
function evaluateCommand(path: string, { resume, backend }: TrainOptions): string {
  const words = [
    'carl',
    'evaluate',
    path,
    ...(resume === undefined || backend === undefined ? [] : ['--backend', backend]),
  ];
  return words.map(shellWord).join(' ');
}

/** Options of the command, with the collective of this worker in place of its name. */
type WorkerOptions = Omit<TrainOptions, 'collective'> & { readonly collective?: Collective };

async function start(file: string, options: WorkerOptions, told: SessionListeners): Promise<Session> {
  const uses = told.observerComponents?.map(({ use }) => use) ?? [];
  const loaded = await loadPipeline(file, { ...options, uses });
  const { name, seed } = loaded.pipeline;
  const folder = options.out ?? join('runs', name, `seed-${seed}`);
  const { rank = 0, size = 1 } = options.collective ?? {};
  if (options.out !== undefined || rank > 0) return startSession(loaded, folder, told);
  for (;;) {
    const path = freshPath(folder);
    if (path !== folder && !options.quiet) await remindOf(folder, path);
    try {
      return await startSession(loaded, path, told);
    } catch (error) {
      // Another process took the folder meanwhile.
      if (!(error instanceof RunExistsError) || size > 1) throw error;
    }
  }
}

/** Names an earlier run of the same pipeline and seed if it can be resumed. */
async function remindOf(earlier: string, path: string): Promise<void> {
  if ((await summariseRun(earlier)).state !== 'stopped') return;
  const command = resumeCommandOf(earlier);
  process.stderr.write(`this run is ${path}; the earlier one is not finished, and goes on with: ${command}\n`);
}

async function resume(run: string, options: WorkerOptions, told: SessionListeners): Promise<Session> {
  if (options.seed !== undefined || options.out !== undefined)
    throw new CarlError(
      'INPUT_ARGUMENT',
      '--resume continues a run unchanged: --seed and --out cannot be given with it, and --set only for the place of its data and for more epochs.',
    );
  const { backend, set, collective, allowChangedData: changedData, allowChangedWorkers: changedWorkers } = options;
  return resumeSession(run, told, { backend, set, changedData, changedWorkers, collective });
}

/** Listeners of a worker that prints nothing. */
const interruptedQuietly: SessionListeners = { ...interruptibleSession, observers: [] };

function listeners({ quiet, observer = [] }: TrainOptions): SessionListeners {
  return {
    ...interruptibleSession,
    observers: quiet ? [] : [progress(process.stderr)],
    observerComponents: observer.map(text => componentArgument('--observer', text)),
    onObserverFailure: message => process.stderr.write(`warning: ${printable(message)}\n`),
    onDifferences: warnOfDifferences,
    onExtension: lines => {
      for (const line of lines) process.stderr.write(`${line}\n`);
    },
    onBackend: (name, bf16) => {
      if (!quiet) process.stderr.write(`backend ${name}\n${bf16 ? `${BF16_TEXT[bf16]}\n` : ''}`);
    },
    onWorkers: division => {
      if (division !== undefined && !quiet) process.stderr.write(`${division}\n`);
    },
    onWarnings: warnings => {
      process.stderr.write(`${formatDiagnostics(warnings, { color: colorOf(process.stderr) })}\n`);
    },
  };
}

/** The folder, or the first of `-2`, `-3`, ... that does not exist. */
function freshPath(path: string): string {
  if (!existsSync(path)) return path;
  for (let i = 2; ; i++) if (!existsSync(`${path}-${i}`)) return `${path}-${i}`;
}
