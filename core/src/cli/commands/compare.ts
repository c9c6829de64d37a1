import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { collectRuns, isFinished, runPath } from '../../compare/collect.js';
import { summaryTable } from '../../compare/summary.js';
import { parseAxis, refuseTooManyRuns, variantsOf, type Variant } from '../../compare/variants.js';
import { failures } from '../../evaluate/results.js';
import { checkWithoutData } from '../../run/open-pipeline.js';
import { loadPipeline } from '../../config/load.js';
import { CarlError } from '../../errors/carl-error.js';
import { ExitStatus } from '../exit-status.js';
import { interruptibleSession } from '../interruptible.js';
import { collect, count } from '../parse-option.js';
import { resumeSession, startSession } from '../../run/session.js';
import { PipelineError } from '../../config/pipeline-error.js';

interface CompareOptions {
  readonly grid?: readonly string[];
  readonly seeds: number;
  readonly set?: readonly string[];
  readonly out: string;
  readonly backend?: string;
}

const EXAMPLES = `
Examples:
  carl compare carl.yaml swav.yaml simclr.yaml --seeds 3 --out runs/methods
  carl compare carl.yaml --grid assigner=prototypes,sinkhorn objective=carl,swav
  carl compare carl.yaml --grid assigner.count=64,256 --out runs/counts

Runs are made seed by seed, so that an early table compares all pipelines. You can interrupt it; run the same command to continue.`;

export function register(command: Command): void {
  command
    .argument('[files...]', 'pipelines in YAML')
    .option('--grid <key=values...>', 'components or values to put at keys, in every combination')
    .option('--seeds <number>', 'seeds 0 to n - 1', count, 3)
    .option('--set <key=value>', 'change a value of all pipelines; can be repeated', collect)
    .option('--out <folder>', 'folder of the run directories', join('runs', 'compare'))
    .option('--backend <name>', 'backend to compute on')
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
  for (const seed of seeds) for (const variant of variants) await trainVariant(variant, seed, options);
  const runs = await Promise.all(variants.map(({ name }) => collectRuns(options.out, name, seeds)));
  process.stdout.write(`${summaryTable(runs)}\n`);
}

/** The variants that can be trained; prints the reason for each that cannot. */
async function compatible(variants: readonly Variant[], options: CompareOptions): Promise<readonly Variant[]> {
  const fitting: Variant[] = [];
  for (const variant of variants) {
    try {
      const loaded = await loadPipeline(variant.file, { ...options, set: variant.set });
      const warnings = checkWithoutData(loaded);
      if (loaded.pipeline.evaluate.length === 0)
        throw new CarlError('INPUT_ARGUMENT', `${variant.file} has no evaluators: there is nothing to compare`);
      for (const { message } of warnings) process.stderr.write(`${variant.name}: ${message}\n`);
      fitting.push(variant);
    } catch (error) {
      if (!(error instanceof PipelineError) || options.grid === undefined) throw error;
      process.stdout.write(`left out ${variant.name}: ${error.diagnostics[0].message}\n`);
    }
  }
  if (fitting.length === 0) throw new CarlError('INPUT_ARGUMENT', 'no combination of the grid can be trained');
  return fitting;
}

async function trainVariant({ name, file, set }: Variant, seed: number, options: CompareOptions): Promise<void> {
  const path = runPath(options.out, name, seed);
  if (await isFinished(path)) return;
  process.stderr.write(`${name}, seed ${seed}\n`);
  const listeners = { observers: [], ...interruptibleSession };
  const session = existsSync(join(path, 'lock.json'))
    ? await resumeSession(path, listeners, options.backend)
    : await startSession(await loadPipeline(file, { ...options, set, seed }), path, listeners);
  for (const failure of session.results ? failures(session.results) : []) process.stderr.write(`${failure}\n`);
  if (session.status === 'finished') return;
  process.stderr.write('interrupted; run the same command to continue\n');
  throw new ExitStatus(130);
}
