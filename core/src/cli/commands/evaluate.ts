import type { Command } from 'commander';
import { resultsTable } from '../../evaluate/results.js';
import { evaluateRun } from '../../run/evaluate-run.js';
import { openExperiment } from '../../run/experiment.js';
import { activateBackend } from '../../backend/activate.js';
import { openRun } from '../../run/open-run.js';
import { oneOf } from '../parse-option.js';

interface EvaluateOptions {
  readonly backend?: string;
  readonly format: 'text' | 'json';
}

export function registerEvaluate(program: Command): void {
  program
    .command('evaluate')
    .description(
      "Judge the encoder of a run, beside the same encoder untrained and raw pixels, by the pipeline's evaluators.",
    )
    .argument('<run>', 'run directory')
    .option('--backend <name>', 'backend to compute on (default: that of the pipeline)')
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .addHelpText('after', '\nExample:\n  carl evaluate runs/carl-fashion-mnist-mini/seed-0')
    .action(evaluate);
}

async function evaluate(path: string, options: EvaluateOptions): Promise<void> {
  const { run, pipeline, catalogue } = await openRun(path);
  await activateBackend(options.backend === undefined ? pipeline.backend : { use: options.backend }, catalogue);
  const results = await evaluateRun(await openExperiment(pipeline, catalogue), run);
  process.stdout.write(`${options.format === 'json' ? JSON.stringify(results, null, 2) : resultsTable(results)}\n`);
}
