import type { Command } from 'commander';
import { resultsTable } from '../../evaluate/results.js';
import { evaluateRun } from '../../run/evaluate-run.js';
import { openPipeline } from '../../run/open-pipeline.js';
import { activateBackend } from '../../backend/activate.js';
import { openRun } from '../../run/open-run.js';
import { oneOf } from '../parse-option.js';

interface EvaluateOptions {
  readonly backend?: string;
  readonly format: 'text' | 'json';
}

export function register(command: Command): void {
  command
    .argument('<run>', 'run directory')
    .option('--backend <name>', 'backend to compute on (default: that of the pipeline)')
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .addHelpText('after', '\nExample:\n  carl evaluate runs/carl-fashion-mnist-mini/seed-0')
    .action(evaluate);
}

async function evaluate(path: string, options: EvaluateOptions): Promise<void> {
  const { run, loaded } = await openRun(path);
  const wanted = options.backend === undefined ? loaded.pipeline.backend : { use: options.backend };
  await activateBackend(wanted, loaded.catalogue);
  const { experiment } = await openPipeline(loaded);
  const results = await evaluateRun(experiment, run);
  process.stdout.write(`${options.format === 'json' ? JSON.stringify(results, null, 2) : resultsTable(results)}\n`);
}
