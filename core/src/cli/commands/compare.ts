import { join } from 'node:path';
import type { Command } from 'commander';
import { endOf } from '../../compare/attempt-run.js';
import { readAdded } from '../../compare/added.js';
import { areFinished, collectRuns } from '../../compare/collect.js';
import { compatible } from '../../compare/compatible.js';
import type { ComparedRun } from '../../compare/compared-run.js';
import { parseBudget, type Budget } from '../../compare/budget.js';
import { checkRanges } from '../../compare/check-ranges.js';
import { comparisonOf, seedsOf, tunedComparison, type Comparison } from '../../compare/comparison.js';
import { notesText, writeComparison, type ComparisonNotes } from '../../compare/comparison-files.js';
import { readRanges } from '../../compare/read-ranges.js';
import { refuseReplacedRanges } from '../../compare/replaced-keys.js';
import { settingsOf } from '../../compare/settings.js';
import { summaryTable } from '../../compare/summary.js';
import { trialRecords } from '../../compare/trial-table.js';
import { judgeTrials, TRIAL_SEED, trialsOf, type Trial } from '../../compare/trials.js';
import { fileStem, variantsOf, type GridAxis, type Variant } from '../../compare/variants.js';
import { CarlError } from '../../errors/carl-error.js';
import { RunDirectory } from '../../run/run-directory.js';
import { widthOf } from '../terminal.js';
import { printable } from '../../text/printable.js';
import { argumentsOf } from '../command-arguments.js';
import { givenFor } from '../comparison-arguments.js';
import { followStarter, isJob, sendToStarter } from '../comparison-jobs.js';
import { makeRuns, workAsJob } from '../comparison-work.js';
import { writeEndReport } from '../end-report.js';
import { ExitStatus } from '../exit-status.js';
import { collect, count } from '../parse-option.js';

interface CompareOptions {
  readonly grid?: readonly string[];
  readonly seeds: number;
  readonly trials?: number;
  readonly ranges?: string;
  readonly metric?: string;
  readonly lowest?: boolean;
  /** As it was given, so that it can be given to jobs. */
  readonly budget?: string;
  readonly add?: readonly string[];
  readonly set?: readonly string[];
  readonly out: string;
  readonly backend?: string;
  readonly jobs?: number;
  readonly retry?: boolean;
  /** False with --no-report. */
  readonly report: boolean;
}

const EXAMPLES = `
Examples:
  carl compare carl.yaml swav.yaml simclr.yaml --seeds 3 --out runs/methods
  carl compare carl.yaml swav.yaml --jobs 4 --budget 20epochs
  carl compare carl.yaml --grid assigner=prototypes,sinkhorn objective=carl,swav
  carl compare carl.yaml --grid assigner.count=64,256 --out runs/counts
  carl compare carl.yaml swav.yaml --trials 16 --ranges ranges.yaml --seeds 5 --out runs/tuned

Runs are made seed by seed, so that an early table compares all pipelines. You can interrupt it; run the same command to continue.
The same command in other terminals, or on other machines that share the folder, works on the same comparison: each process takes
the next run that no other has, continues the run of one that was killed, and prints the same table at the end.
A run that fails is reported below the table, and the others are trained. Runs of other pipelines or data in the folder are refused.`;

export function register(command: Command): void {
  command
    .argument('[files...]', 'pipelines in YAML')
    .option('--grid <key=values...>', 'components or values to put at keys, in every combination')
    .option('--seeds <number>', 'seeds 0 to n - 1; with --trials 1 to n', count, 3)
    .option(
      '--trials <number>',
      'settings of each pipeline to draw from --ranges and to choose from on validation',
      count,
    )
    .option('--ranges <file>', 'YAML file with the ranges of each pipeline that --trials draws from')
    .option('--metric <name>', 'metric on validation that chooses among trials (default: the first accuracy)')
    .option('--lowest', 'the lowest value of --metric is best')
    .option('--budget <amount>', 'length of every training: 20epochs, 500000images or 300seconds', budgetText)
    .option(
      '--add <path>',
      'finished runs, or a JSON file of results of others, to add to the table; can be repeated',
      collect,
    )
    .option('--set <key=value>', 'change a value of all pipelines; can be repeated', collect)
    .option('--out <folder>', 'folder of the run directories', join('runs', 'compare'))
    .option('--backend <name>', 'backend to compute on')
    .option('--jobs <number>', 'processes on this machine that make runs at the same time', count)
    .option('--no-report', 'write no report.html at the end')
    .option('--retry', 'train failed runs again, from their last checkpoints')
    .addHelpText('after', EXAMPLES)
    .action(compare);
}

async function compare(named: readonly string[], options: CompareOptions, command: Command): Promise<void> {
  const { files, axes } = givenFor(named, options);
  const { variants, leftOut, warnings } = await compatible(variantsOf(files, { axes, set: options.set ?? [] }), {
    ...options,
    // The starter of a job has thrown all errors, but jobs leave out the same combinations.
    withData: !isJob() || options.grid !== undefined,
    isMade: ({ name }) => areFinished(options.out, [name], seedsOf(options)),
    isGrid: options.grid !== undefined,
    isBudgeted: options.budget !== undefined,
  });
  if (options.add && !isJob()) await readAdded(options.add, []);
  const trials = await drawTrials(variants, axes, options);
  const settings = { ...options, ...parsedBudget(options) };
  const comparison = trials
    ? tunedComparison(trials, options.seeds, settings)
    : comparisonOf(variants, options.seeds, settings);
  if (isJob()) return work(comparison, options);
  for (const line of warnings) process.stderr.write(`${printable(line)}\n`);
  for (const { name, reason } of leftOut) process.stdout.write(`left out ${printable(`${name}: ${reason}`)}\n`);
  if (options.retry) await forgetFailures(comparison);
  const made = await makeRuns(comparison, argumentsOf(command), options);
  if (made === undefined) {
    process.stderr.write('interrupted; run the same command to continue\n');
    throw new ExitStatus(130);
  }
  const runs = made.stages.at(-1)!;
  const tuned = trials && (await judgeTrials(trials, options.out, options));
  const finished = runs.filter(run => !made.missing.has(run));
  await writeTables(finished, options, {
    ...(leftOut.length > 0 && { leftOut }),
    ...(tuned && { trials: trialRecords(tuned) }),
  });
  reportMissing(runs, made.missing);
  if (tuned?.some(({ ranked }) => ranked.length === 0)) throw new ExitStatus(1);
}

function budgetText(text: string): string {
  parseBudget(text);
  return text;
}

function parsedBudget({ budget }: CompareOptions): { budget: Budget | undefined } {
  return { budget: budget === undefined ? undefined : parseBudget(budget) };
}

/** @throws PipelineError with file and line of a range that cannot be drawn from; CarlError INPUT_ARGUMENT */
async function drawTrials(
  variants: readonly Variant[],
  axes: readonly GridAxis[],
  options: CompareOptions,
): Promise<readonly Trial[] | undefined> {
  const { trials: number, ranges: file, metric, lowest } = options;
  if ((number === undefined) !== (file === undefined))
    throw new CarlError('INPUT_ARGUMENT', '--trials and --ranges need each other: give both or neither.');
  if (number === undefined || file === undefined) {
    if (metric === undefined && !lowest) return undefined;
    throw new CarlError('INPUT_ARGUMENT', '--metric and --lowest choose among trials: give --trials and --ranges.');
  }
  const names = [...new Set(variants.map(one => fileStem(one.file)))];
  const ranges = await readRanges(file, names);
  refuseReplacedRanges(ranges, { axes, set: options.set ?? [] }, options);
  const trials = trialsOf(variants, { ranges, count: number });
  const tried = trials.map(({ variant }) => variant.name);
  const withData = !(await areFinished(options.out, tried, [TRIAL_SEED]));
  if (!isJob()) await checkRanges(variants, ranges, trials, { ...options, withData });
  return trials;
}

async function work(comparison: Comparison, { backend }: CompareOptions): Promise<void> {
  followStarter();
  const line = (text: string): void => void process.stderr.write(`${text}\n`);
  await workAsJob(comparison, { show: sendToStarter, line }, backend);
}

/** Makes failed runs runs that are not finished. */
async function forgetFailures({ paths }: Comparison): Promise<void> {
  for (const path of paths) {
    const end = await endOf(path);
    if (end?.status === 'failed') await (await RunDirectory.open(path)).clearFailure();
  }
}

/** Prints the tables of the finished runs, and writes them with the report to the folder. */
async function writeTables(
  runs: readonly ComparedRun[],
  { out, budget, report, add = [] }: CompareOptions,
  known: Omit<ComparisonNotes, 'settings'>,
): Promise<void> {
  const names = [...new Set(runs.map(({ variant }) => variant.name))];
  const of = (name: string) => runs.filter(({ variant }) => variant.name === name);
  const own = await Promise.all(names.map(async name => ({ ...(await collectRuns(out, name, of(name).map(({ seed }) => seed))), path: of(name)[0].path }))); // prettier-ignore
  const all = [...own, ...(await readAdded(add, names))];
  const settings = await settingsOf(all, budget);
  const notes = { ...known, ...(settings && { settings }) };
  process.stdout.write(`${printable(`${summaryTable(all, widthOf(process.stdout))}\n${notesText(notes)}`)}\n`);
  await writeComparison(out, all, notes);
  if (report && runs.length > 0) await writeEndReport(out, add);
}

/** Lists the runs of the table without results; failed trials are counted in their table. @throws ExitStatus 1 if there are any */
function reportMissing(runs: readonly ComparedRun[], missing: ReadonlyMap<ComparedRun, string>): void {
  const absent = runs.filter(run => missing.has(run));
  if (absent.length === 0) return;
  const lines = absent.map(run => `  ${printable(`${run.title}: ${missing.get(run)}`.replaceAll('\n', ' '))}\n`);
  process.stdout.write(`\nnot in the table:\n${lines.join('')}`);
  throw new ExitStatus(1);
}
