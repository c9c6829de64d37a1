import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { checkPipeline } from '../../config/check.js';
import { formatDiagnostics } from '../../config/format.js';
import { loadPipeline } from '../../config/load.js';
import type { Observer } from '../../contracts/observer.js';
import { CarlError } from '../../errors.js';
import { resultsTable } from '../../evaluate/results.js';
import { evaluateRun } from '../../run/evaluate-run.js';
import { openExperiment, type Experiment } from '../../run/experiment.js';
import { factsOf } from '../../run/facts-of.js';
import { RunDirectory } from '../../run/run-directory.js';
import { resumeRun, startRun, type TrainRunOptions } from '../../run/train-run.js';
import type { TrainingResult } from '../../train/trainer.js';
import { activateBackend } from '../activate-backend.js';
import { ExitStatus } from '../exit-status.js';
import { interruptible } from '../interruptible.js';
import { openRun } from '../open-run.js';
import { progress } from '../progress.js';
import { integer, collect } from '../parse-option.js';
import { colorOf } from '../terminal.js';

export interface TrainOptions {
  readonly set: readonly string[];
  readonly seed?: number;
  readonly out?: string;
  readonly backend?: string;
  readonly resume?: string;
  readonly quiet?: boolean;
}

const EXAMPLES = `
Examples:
  carl train pipelines/carl-fashion-mnist-mini.yaml
  carl train my.yaml --set objective.entropyWeight=2 --seed 1 --out runs/weight-2
  carl train --resume runs/carl-fashion-mnist-mini/seed-0

Ctrl-C finishes the step, saves a checkpoint and exits with 130; --resume goes on to the same numbers.`;

export function registerTrain(program: Command): void {
  program
    .command('train')
    .description('Train a pipeline, evaluate its encoder and leave a run directory.')
    .argument('[file]', 'pipeline in YAML')
    .option('--set <key=value>', 'change a value of the pipeline; can be repeated', collect, [])
    .option('--seed <number>', 'seed of the run', integer)
    .option('--out <folder>', 'run directory (default: runs/<name>/seed-<seed>)')
    .option('--backend <name>', 'backend to compute on')
    .option('--resume <run>', 'go on with a run that was interrupted or killed')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action(train);
}

async function train(file: string | undefined, options: TrainOptions): Promise<void> {
  if ((file === undefined) === (options.resume === undefined))
    throw new CarlError('INPUT_ARGUMENT', 'give a pipeline to train, or a run to go on with by --resume, and not both');
  const { run, status } = file === undefined ? await resume(options) : await start(file, options);
  if (status === 'interrupted') {
    process.stderr.write(`interrupted; go on with: carl train --resume ${run.path}\n`);
    throw new ExitStatus(130);
  }
}

interface Done {
  readonly run: RunDirectory;
  readonly status: TrainingResult['status'];
}

async function start(file: string, options: TrainOptions): Promise<Done> {
  const loaded = await loadPipeline(file, options);
  const { pipeline, catalogue } = loaded;
  const path = options.out ?? freshPath(join('runs', pipeline.name, `seed-${String(pipeline.seed)}`));
  const backend = await activateBackend(pipeline.backend, catalogue);
  const experiment = await openExperiment(pipeline, catalogue);
  const warnings = [...loaded.warnings, ...checkPipeline(loaded, factsOf(experiment))];
  if (warnings.length > 0) process.stderr.write(`${formatDiagnostics(warnings, { color: colorOf(process.stderr) })}\n`);
  announce(options, `backend ${backend.name}`);
  const trainRun = (run: TrainRunOptions) => startRun(experiment, path, { ...run, source: loaded.source });
  const { status } = await interruptible(signal => trainRun({ catalogue, backend, signal, observers: observers(options) }));
  return finish(experiment, await RunDirectory.open(path), status);
}

async function resume(options: TrainOptions): Promise<Done> {
  if (options.set.length > 0 || options.seed !== undefined || options.out !== undefined)
    throw new CarlError('INPUT_ARGUMENT', '--resume goes on with a run as it is: --set, --seed and --out cannot be given with it');
  const { run, pipeline, catalogue } = await openRun(options.resume!);
  const backend = await activateBackend(options.backend === undefined ? pipeline.backend : { use: options.backend }, catalogue);
  const experiment = await openExperiment(pipeline, catalogue);
  announce(options, `backend ${backend.name}`);
  const { status } = await interruptible(signal => resumeRun(experiment, run, { catalogue, backend, signal, observers: observers(options) }));
  return finish(experiment, run, status);
}

async function finish(experiment: Experiment, run: RunDirectory, status: TrainingResult['status']): Promise<Done> {
  if (status === 'finished' && experiment.pipeline.evaluate.length > 0) {
    const results = await evaluateRun(experiment, run);
    process.stdout.write(`\n${resultsTable(results)}\n\nrun directory: ${run.path}\n`);
  }
  return { run, status };
}

function observers({ quiet }: TrainOptions): readonly Observer[] {
  return quiet ? [] : [progress(process.stderr)];
}

function announce({ quiet }: TrainOptions, text: string): void {
  if (!quiet) process.stderr.write(`${text}\n`);
}

/** The folder, or the first of `-2`, `-3`, ... that is not there yet. */
function freshPath(path: string): string {
  if (!existsSync(path)) return path;
  for (let i = 2; ; i++) if (!existsSync(`${path}-${String(i)}`)) return `${path}-${String(i)}`;
}
