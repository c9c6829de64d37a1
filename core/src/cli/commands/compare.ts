import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { collectRuns, failureOf, isFinished, runPath } from '../../compare/collect.js';
import { writeComparison } from '../../compare/comparison-files.js';
import { assertSameRuns } from '../../compare/earlier-runs.js';
import { summaryTable } from '../../compare/summary.js';
import { parseAxis, refuseTooManyRuns, variantsOf, type Variant } from '../../compare/variants.js';
import { failures } from '../../evaluate/results.js';
import { hasEvaluators } from '../../schema/skeleton.js';
import { checkWithoutData } from '../../run/open-pipeline.js';
import { writeEndReport } from '../end-report.js';
import { loadPipeline } from '../../config/load.js';
import type { LoadedPipeline } from '../../config/loaded-pipeline.js';
import { CarlError } from '../../errors/carl-error.js';
import { ExitStatus } from '../exit-status.js';
import { interruptibleSession } from '../interruptible.js';
import { collect, count } from '../parse-option.js';
import { warnOfDifferences } from '../run-differences.js';
import { resumeSession, startSession } from '../../run/session.js';
import { RunExistsError } from '../../run/run-exists-error.js';
import { RunInUseError } from '../../run/training-lock.js';
import { PipelineError } from '../../config/pipeline-error.js';
import { printable } from '../../text/printable.js';

interface CompareOptions {
  readonly grid?: readonly string[];
  readonly seeds: number;
  readonly set?: readonly string[];
  readonly out: string;
  readonly backend?: string;
  readonly retry?: boolean;
  /** False with --no-report. */
  readonly report: boolean;
}

/** One run of a comparison. */
interface Trial {
  readonly variant: Variant;
  readonly seed: number;
}

const EXAMPLES = `
Examples:
  carl compare carl.yaml swav.yaml simclr.yaml --seeds 3 --out runs/methods
  carl compare carl.yaml --grid assigner=prototypes,sinkhorn objective=carl,swav
  carl compare carl.yaml --grid assigner.count=64,256 --out runs/counts

Runs are made seed by seed, so that an early table compares all pipelines. You can interrupt it; run the same command to continue.
A run that fails is reported below the table, and the others are trained. Runs of other pipelines or data in the folder are refused.`;

export function register(command: Command): void {
  command
    .argument('[files...]', 'pipelines in YAML')
    .option('--grid <key=values...>', 'components or values to put at keys, in every combination')
    .option('--seeds <number>', 'seeds 0 to n - 1', count, 3)
    .option('--set <key=value>', 'change a value of all pipelines; can be repeated', collect)
    .option('--out <folder>', 'folder of the run directories', join('runs', 'compare'))
    .option('--backend <name>', 'backend to compute on')
    .option('--no-report', 'write no report.html at the end')
    .option('--retry', 'train failed runs again, from their last checkpoints')
    .addHelpText('after', EXAMPLES)
    .action(compare);
}

async function compare(named: readonly string[], options: CompareOptions): Promise<void> {
  const grid = options.grid ?? [];
  // `--grid a=b c=d FILE` reads the file as one more value of the grid.
  const files = [...named, ...grid.filter(text => !text.includes('='))];
  const axes = grid.filter(text => text.includes('=')).map(parseAxis);
  if (files.length === 0) throw new CarlError('INPUT_ARGUMENT', 'Give at least one pipeline to train.');
  refuseTooManyRuns(files, { axes, seeds: options.seeds });
  const variants = await compatible(variantsOf(files, { axes, set: options.set ?? [] }), options);
  const seeds = Array.from({ length: options.seeds }, (_, seed) => seed);
  const trials = seeds.flatMap(seed => variants.map(variant => ({ variant, seed })));
  await checkEarlierRuns(trials, options);
  const missing = new Map<Trial, string>();
  for (const trial of trials) {
    const reason = await attempt(trial, options);
    if (reason !== undefined) missing.set(trial, `${titleOf(trial)}: ${reason.replaceAll('\n', ' ')}`);
  }
  const there = trials.filter(trial => !missing.has(trial));
  const seedsOf = (variant: Variant) => there.filter(trial => trial.variant === variant).map(({ seed }) => seed);
  const runs = await Promise.all(variants.map(one => collectRuns(options.out, one.name, seedsOf(one))));
  process.stdout.write(`${printable(summaryTable(runs))}\n`);
  await writeComparison(options.out, runs);
  if (options.report) await writeEndReport(options.out);
  if (missing.size === 0) return;
  process.stdout.write(`\nnot in the table:\n${[...missing.values()].map(line => `  ${printable(line)}\n`).join('')}`);
  throw new ExitStatus(1);
}

function titleOf({ variant, seed }: Trial): string {
  return `${variant.name}, seed ${seed}`;
}

function loadTrial({ variant: { file, set }, seed }: Trial, options: CompareOptions): Promise<LoadedPipeline> {
  return loadPipeline(file, { ...options, set, seed });
}

/** Refuses runs of other pipelines or data in the folder; prints other differences, such as versions. @throws CarlError INPUT_RUN */
async function checkEarlierRuns(trials: readonly Trial[], options: CompareOptions): Promise<void> {
  const runs = trials.map(trial => ({
    path: runPath(options.out, trial.variant.name, trial.seed),
    load: () => loadTrial(trial, options),
  }));
  warnOfDifferences(await assertSameRuns(options.out, runs));
}

/** The variants that can be trained; prints the reason for each that cannot. */
async function compatible(variants: readonly Variant[], options: CompareOptions): Promise<readonly Variant[]> {
  const fitting: Variant[] = [];
  for (const variant of variants) {
    try {
      const loaded = await loadPipeline(variant.file, { ...options, set: variant.set });
      const warnings = checkWithoutData(loaded);
      if (!hasEvaluators(loaded.pipeline))
        throw new CarlError('INPUT_ARGUMENT', `${variant.file} has no evaluators: there is nothing to compare`);
      for (const { message } of warnings) process.stderr.write(`${variant.name}: ${message}\n`);
      fitting.push(variant);
    } catch (error) {
      if (!(error instanceof PipelineError) || options.grid === undefined) throw error;
      process.stdout.write(`left out ${printable(`${variant.name}: ${error.diagnostics[0].message}`)}\n`);
    }
  }
  if (fitting.length === 0) throw new CarlError('INPUT_ARGUMENT', 'no combination of the grid can be trained');
  return fitting;
}

/** Trains and evaluates one run, unless it is finished or failed before. Returns the reason why it has no results. */
async function attempt(trial: Trial, options: CompareOptions): Promise<string | undefined> {
  const path = runPath(options.out, trial.variant.name, trial.seed);
  try {
    if (await isFinished(path)) return undefined;
    const failure = options.retry ? undefined : await failureOf(path);
    if (failure !== undefined) return `failed: ${failure} Try it again with --retry.`;
    process.stderr.write(`${titleOf(trial)}\n`);
    await trainTrial(trial, path, options);
    return undefined;
  } catch (error) {
    if (endsAll(error)) throw error;
    const reason = inUse(error) ? error.message : `failed: ${messageOf(error)}`;
    process.stderr.write(`${titleOf(trial)}: ${reason}\n`);
    return reason;
  }
}

/** Interruptions, and errors that every other run would end with too. */
function endsAll(error: unknown): boolean {
  return error instanceof ExitStatus || (CarlError.is(error) && ['DISK', 'BACKEND_UNAVAILABLE'].includes(error.code));
}

/** Another comparison in the same folder trains or has just created the run. */
function inUse(error: unknown): error is CarlError {
  return error instanceof RunInUseError || error instanceof RunExistsError;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function trainTrial(trial: Trial, path: string, options: CompareOptions): Promise<void> {
  const listeners = { observers: [], ...interruptibleSession };
  const session = existsSync(join(path, 'lock.json'))
    ? await resumeSession(path, listeners, { backend: options.backend })
    : await startSession(await loadTrial(trial, options), path, listeners);
  for (const failure of session.results ? failures(session.results) : []) process.stderr.write(`${failure}\n`);
  if (session.status === 'finished') return;
  process.stderr.write('interrupted; run the same command to continue\n');
  throw new ExitStatus(130);
}
