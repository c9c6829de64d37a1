import type { Command } from 'commander';
import { componentsOf, createRoot } from '../../container/root.js';
import { recordGolden } from '../../golden/record-golden.js';
import { runGolden, type GoldenOutcome } from '../../golden/run-golden.js';
import { loadFirstParty, loadPlugins } from '../../catalogue/load.js';
import { activateBackend } from '../../backend/activate.js';
import { ExitStatus } from '../exit-status.js';
import { aligned } from '../../text/tables.js';

interface GoldenOptions {
  readonly only?: string;
  readonly backend?: string;
  readonly plugin?: readonly string[];
  readonly record?: boolean;
}

export function register(command: Command): void {
  command
    .argument('<directory>', 'folder of cases: <kind>/<name>/case.json')
    .option('--only <kind>', 'cases of one kind')
    .option(
      '--backend <name>',
      'backend to compute on, in its float32 (default: plain JavaScript in float64, free of rounding)',
    )
    .option('--plugin <name...>', 'plugins to take the components from (default: all of this project)')
    .option('--record', 'write the outputs of the components into the cases that have none')
    .addHelpText(
      'after',
      '\nExamples:\n  carl golden test/golden/cases\n  carl golden test/golden/cases --only objective --backend wasm',
    )
    .action(golden);
}

async function golden(directory: string, options: GoldenOptions): Promise<void> {
  const catalogue = options.plugin ? await loadPlugins(options.plugin, process.cwd()) : await loadFirstParty();
  const { name } = await activateBackend({ use: options.backend ?? 'cpu' }, catalogue);
  process.stdout.write(`backend ${name}${options.backend === undefined ? ', in float64' : ''}\n`);
  const components = componentsOf(createRoot(catalogue));
  if (options.record) {
    record(await recordGolden(directory, { catalogue, components, only: options.only }));
    return;
  }
  const outcomes: GoldenOutcome[] = [];
  for await (const outcome of runGolden(directory, {
    catalogue,
    components,
    ...(options.only !== undefined && { only: options.only }),
    float64: options.backend === undefined,
  }))
    outcomes.push(outcome);
  process.stdout.write(`${table(outcomes)}\n`);
  const count = (status: GoldenOutcome['status']): number =>
    outcomes.filter(outcome => outcome.status === status).length;
  process.stdout.write(
    `${String(count('passed'))} passed, ${String(count('failed'))} failed, ${String(count('skipped'))} skipped\n`,
  );
  if (count('failed') > 0) throw new ExitStatus(1);
}

function record(written: readonly string[]): void {
  for (const folder of written) process.stdout.write(`recorded ${folder}\n`);
  if (written.length === 0)
    process.stdout.write('Every case has outputs. To record one again, remove `expect` from it.\n');
}

function table(outcomes: readonly GoldenOutcome[]): string {
  const rows = outcomes.map(({ kind, name, status, worst, detail }) => [
    kind.padEnd(13) + name,
    worst === undefined ? '' : worst.toPrecision(2),
    status,
    detail.length > 140 ? `${detail.slice(0, 139)}…` : detail,
  ]);
  const lines = aligned([
    ['kind         case', 'error/tolerance', 'result', ''],
    ...rows.map(row => row.slice(0, 3).concat('')),
  ]).split('\n');
  return [lines[0], ...rows.map((row, i) => `${lines[i + 1]}   ${row[3]}`)].join('\n');
}
