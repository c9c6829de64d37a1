import { lstatSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { CarlError } from '../../errors/carl-error.js';
import { resultsTable } from '../../evaluate/results.js';
import { orDiskError } from '../../files/atomic.js';
import type { Lock } from '../../run/lock.js';
import { linesOf, lockDifferences, workersDifference } from '../../run/lock-differences.js';
import { pipelineDifferences } from '../../run/pipeline-differences.js';
import { readRun } from '../../run/read-run.js';
import { RunDirectory } from '../../run/run-directory.js';
import { summariseRun, type RunSummary } from '../../run/run-list.js';
import { collect, count, oneOf } from '../parse-option.js';
import { widthOf } from '../terminal.js';
import { selected } from './runs-selection.js';
import { bestFirst, bestTable, resultsCsv, runsTable } from './runs-tables.js';
import { printable } from '../../text/printable.js';

interface ListFlags {
  readonly where?: readonly string[];
  readonly json?: boolean;
}

interface BestFlags extends ListFlags {
  readonly metric: string;
  readonly top: number;
  readonly lowest?: boolean;
}

const FOLDER = ['[folder]', 'folder of runs, searched with all folders below', 'runs'] as const;
const WHERE = [
  '--where <key=value>',
  'only runs with this value of state, name, seed or a key of the pipeline; can be repeated',
  collect,
] as const;
const JSON_FLAG = ['--json', 'print JSON for programs'] as const;

/** Registers `carl runs ls | show | best | diff | export | rm`. */
export function register(runs: Command): void {
  registerLists(runs);
  runs
    .command('show <run>')
    .description('Show the state, results and versions of a run.')
    .option(...JSON_FLAG)
    .addHelpText('after', example('show runs/my-carl/seed-0'))
    .action(show);
  runs
    .command('diff <a> <b>')
    .description('Show how two runs differ: pipeline, data, versions and results.')
    .option(...JSON_FLAG)
    .addHelpText('after', example('diff runs/my-carl/seed-0 runs/my-carl/seed-1'))
    .action(diff);
  runs
    .command('rm <runs...>')
    .description(
      'Delete run directories, or with --where those below folders that match. Runs in training are refused.',
    )
    .option(...WHERE)
    .option('--yes', 'delete; without it, the folders are only listed')
    .addHelpText('after', example('rm runs/my-carl/seed-0 --yes'))
    .action(remove);
}

function example(words: string): string {
  return `\nExample:\n  carl runs ${words}`;
}

function registerLists(runs: Command): void {
  const list = runs.command('ls').description('List runs with state, step, duration and collapses.');
  list.argument(...FOLDER).option(...WHERE).option(...JSON_FLAG).addHelpText('after', example('ls runs/methods --where state=finished --where assigner.count=256')).action(ls); // prettier-ignore
  runs
    .command('best')
    .description('Rank finished runs by a metric on validation, which is for choosing, and show its value on test.')
    .argument(...FOLDER)
    .requiredOption('--metric <name>', 'metric as in tables of results, for example knn20@t0.1')
    .option('--top <number>', 'how many to show', count, 10)
    .option('--lowest', 'the lowest value is best')
    .option(...WHERE)
    .option(...JSON_FLAG)
    .addHelpText('after', example('best runs/methods --metric "knn20@t0.1"'))
    .action(best);
  runs
    .command('export')
    .description('Print the results of all runs, one line for each figure.')
    .argument(...FOLDER)
    .option('--format <format>', 'csv or json', oneOf('csv', 'json'), 'csv')
    .option(...WHERE)
    .addHelpText('after', example('export runs/methods --format csv'))
    .action(exportResults);
}

async function ls(folder: string, { where, json }: ListFlags): Promise<void> {
  const found = await selected(folder, where);
  print(json ? found : runsTable(found, folder));
}

async function best(folder: string, { metric, top, lowest, where, json }: BestFlags): Promise<void> {
  const ranked = bestFirst(await selected(folder, where), { metric, lowest }).slice(0, top);
  print(json ? ranked : bestTable(ranked, { metric, folder }));
}

async function exportResults(folder: string, { format, where }: ListFlags & { format: string }): Promise<void> {
  const found = await selected(folder, where);
  print(format === 'json' ? found : resultsCsv(found));
}

async function show(path: string, { json }: ListFlags): Promise<void> {
  const { lock } = await readRun(path);
  const summary = await summariseRun(path);
  print(json ? { ...summary, lock } : description(summary, lock));
}

function description(summary: RunSummary, lock: Lock): string {
  const plugins = lock.plugins.map(({ name, version }) => `${name} ${version}`).join(', ');
  const lines = [
    runsTable([summary]),
    ...(summary.reason === undefined ? [] : [`reason: ${summary.reason}`]),
    `backend ${lock.backend.name}, ${lock.machine.cpu}, ${lock.machine.cores} cores, Node.js ${lock.versions.node}`,
    `plugins: ${plugins}`,
    ...(summary.results ? ['', resultsTable(summary.results, widthOf(process.stdout))] : []),
  ];
  return lines.join('\n');
}

async function diff(a: string, b: string, { json }: ListFlags): Promise<void> {
  const [before, now] = [await readRun(a), await readRun(b)];
  const found = {
    pipeline: pipelineDifferences(before.pipeline, now.pipeline),
    environment: [
      ...linesOf(lockDifferences({ ...before.lock, pipeline: now.lock.pipeline }, now.lock)),
      ...workersDifference(before.lock, now.lock),
    ],
    results: pipelineDifferences(figures(before.results?.trained), figures(now.results?.trained)),
  };
  if (json) {
    print({ a, b, ...found });
    return;
  }
  const lines = [
    ...found.pipeline.map(line => `pipeline ${line}`),
    ...found.environment,
    ...found.results.map(line => `result ${line}`),
  ];
  print(lines.length > 0 ? `${a} was, ${b} is:\n${lines.join('\n')}` : 'The runs do not differ.');
}

function figures(results: readonly { metric: string; split: string; value: number }[] = []): Record<string, number> {
  return Object.fromEntries(results.map(({ metric, split, value }) => [`${metric} ${split}`, value]));
}

async function remove(given: readonly string[], { yes, where }: ListFlags & { readonly yes?: boolean }): Promise<void> {
  const named = where ? (await Promise.all(given.map(folder => selected(folder, where)))).flat().map(({ path }) => path) : given; // prettier-ignore
  const paths = named.filter((path, i) => named.findIndex(other => resolve(other) === resolve(path)) === i);
  for (const path of paths) {
    await RunDirectory.open(path);
    if (lstatSync(resolve(path)).isSymbolicLink())
      throw new CarlError('INPUT_RUN', `${path} is a link. Name the folder of the run: ${realpathSync(path)}.`);
    const { state } = await summariseRun(path);
    if (state === 'training') throw new CarlError('INPUT_RUN', `${path} is being trained. Stop the training first.`);
  }
  for (const path of paths) if (yes) await orDiskError(path, () => rm(path, { recursive: true }));
  const verb = yes ? 'deleted' : 'would delete';
  print([...paths.map(path => `${verb} ${path}`), ...(yes ? [] : ['Repeat the command with --yes.'])].join('\n'));
}

function print(value: unknown): void {
  process.stdout.write(`${typeof value === 'string' ? printable(value) : JSON.stringify(value, undefined, 2)}\n`);
}
