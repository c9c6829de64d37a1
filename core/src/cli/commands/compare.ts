import { join } from 'node:path';
import type { Command } from 'commander';
import { endOf } from '../../compare/attempt-run.js';
import { collectRuns } from '../../compare/collect.js';
import { compatible } from '../../compare/compatible.js';
import type { ComparedRun } from '../../compare/compared-run.js';
import { runsOf, type Comparison } from '../../compare/comparison.js';
import { writeComparison } from '../../compare/comparison-files.js';
import { summaryTable } from '../../compare/summary.js';
import { parseAxis, refuseTooManyRuns, variantsOf, type Variant } from '../../compare/variants.js';
import { CarlError } from '../../errors/carl-error.js';
import { writeAtomic } from '../../files/atomic.js';
import { reportOn } from '../../report/report.js';
import { RunDirectory } from '../../run/run-directory.js';
import { printable } from '../../text/printable.js';
import { argumentsOf } from '../command-arguments.js';
import { followStarter, isJob, sendToStarter } from '../comparison-jobs.js';
import { makeRuns, workAsJob } from '../comparison-work.js';
import { ExitStatus } from '../exit-status.js';
import { collect, count } from '../parse-option.js';

interface CompareOptions {
  readonly grid?: readonly string[];
  readonly seeds: number;
  readonly set?: readonly string[];
  readonly out: string;
  readonly backend?: string;
  readonly jobs?: number;
  readonly retry?: boolean;
}

const EXAMPLES = `
Examples:
  carl compare carl.yaml swav.yaml simclr.yaml --seeds 3 --out runs/methods
  carl compare carl.yaml swav.yaml --jobs 4
  carl compare carl.yaml --grid assigner=prototypes,sinkhorn objective=carl,swav
  carl compare carl.yaml --grid assigner.count=64,256 --out runs/counts

Runs are made seed by seed, so that an early table compares all pipelines. You can interrupt it; run the same command to continue.
The same command in other terminals, or on other machines that share the folder, works on the same comparison: each process takes
the next run that no other has, continues the run of one that was killed, and prints the same table at the end.
A run that fails is reported below the table, and the others are trained. Runs of other pipelines or data in the folder are refused.`;

export function register(command: Command): void {
  command
    .argument('[files...]', 'pipelines in YAML')
    .option('--grid <key=values...>', 'components or values to put at keys, in every combination')
    .option('--seeds <number>', 'seeds 0 to n - 1', count, 3)
    .option('--set <key=value>', 'change a value of all pipelines; can be repeated', collect)
    .option('--out <folder>', 'folder of the run directories', join('runs', 'compare'))
    .option('--backend <name>', 'backend to compute on')
    .option('--jobs <number>', 'processes on this machine that make runs at the same time', count)
    .option('--retry', 'train failed runs again, from their last checkpoints')
    .addHelpText('after', EXAMPLES)
    .action(compare);
}

async function compare(named: readonly string[], options: CompareOptions, command: Command): Promise<void> {
  const { variants, leftOut, warnings } = await compatible(variantsFrom(named, options), {
    ...options,
    isGrid: options.grid !== undefined,
  });
  const comparison = comparisonOf(variants, options);
  if (isJob()) return work(comparison, options);
  for (const line of warnings) process.stderr.write(`${printable(line)}\n`);
  for (const line of leftOut) process.stdout.write(`left out ${printable(line)}\n`);
  if (options.retry) await forgetFailures(comparison);
  const made = await makeRuns(comparison, argumentsOf(command), options);
  if (made === undefined) {
    process.stderr.write('interrupted; run the same command to continue\n');
    throw new ExitStatus(130);
  }
  const [runs] = made.stages;
  await writeTable(
    runs.filter(run => !made.missing.has(run)),
    variants,
    options,
  );
  reportMissing(made.missing);
}

function variantsFrom(named: readonly string[], { grid = [], seeds, set = [] }: CompareOptions): readonly Variant[] {
  // `--grid a=b c=d FILE` reads the file as one more value of the grid.
  const files = [...named, ...grid.filter(text => !text.includes('='))];
  const axes = grid.filter(text => text.includes('=')).map(parseAxis);
  if (files.length === 0) throw new CarlError('INPUT_ARGUMENT', 'Give at least one pipeline to train.');
  refuseTooManyRuns(files, { axes, seeds });
  return variantsOf(files, { axes, set });
}

function comparisonOf(variants: readonly Variant[], options: CompareOptions): Comparison {
  const seeds = Array.from({ length: options.seeds }, (_, seed) => seed);
  const runs = runsOf(variants, seeds, options);
  return { out: options.out, paths: runs.map(({ path }) => path), stages: [() => Promise.resolve(runs)] };
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

/** Prints the table of the finished runs, and writes it with the report to the folder. */
async function writeTable(
  runs: readonly ComparedRun[],
  variants: readonly Variant[],
  { out }: CompareOptions,
): Promise<void> {
  const seedsOf = (variant: Variant) => runs.filter(run => run.variant === variant).map(({ seed }) => seed);
  const collected = await Promise.all(variants.map(one => collectRuns(out, one.name, seedsOf(one))));
  process.stdout.write(`${printable(summaryTable(collected))}\n`);
  await writeComparison(out, collected);
  const report = join(out, 'report.html');
  await writeAtomic(report, await reportOn(out));
  process.stderr.write(`report: ${report}\n`);
}

/** @throws ExitStatus 1 if a run has no results */
function reportMissing(missing: ReadonlyMap<ComparedRun, string>): void {
  if (missing.size === 0) return;
  const lines = [...missing].map(
    ([{ title }, reason]) => `  ${printable(`${title}: ${reason}`.replaceAll('\n', ' '))}\n`,
  );
  process.stdout.write(`\nnot in the table:\n${lines.join('')}`);
  throw new ExitStatus(1);
}
