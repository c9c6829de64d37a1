import type { Command } from 'commander';
import { activateBackend } from '../../backend/activate.js';
import { isComplete, resultsTable, type NetworkName, type Results } from '../../evaluate/results.js';
import { currentLock } from '../../run/current-lock.js';
import { evaluateRun } from '../../run/evaluate-run.js';
import { openExperiment } from '../../run/open-pipeline.js';
import { judgedNetwork } from '../../run/judged-network.js';
import { assertUnchanged } from '../../run/lock.js';
import { openRun } from '../../run/open-run.js';
import { withRepairs } from '../../run/resumption.js';
import type { CarlError } from '../../errors/carl-error.js';
import { closing, runObservers } from '../../run/run-observers.js';
import { reportEvaluation } from '../evaluation-end.js';
import { interruptibleEvaluation } from '../interruptible.js';
import { collect, oneOf } from '../parse-option.js';
import { progress } from '../progress.js';
import { warnOfDifferences } from '../run-differences.js';

interface EvaluateOptions {
  readonly network?: NetworkName;
  readonly backend?: string;
  readonly set?: readonly string[];
  readonly format: 'text' | 'json';
  readonly quiet?: boolean;
}

const EXAMPLES = `
Examples:
  carl evaluate runs/carl-fashion-mnist-mini/seed-0
  carl evaluate runs/my-dino/seed-0 --network student`;

export function register(command: Command): void {
  command
    .argument('<run>', 'run directory')
    .option('--network <name>', 'student or teacher (default: as in the pipeline)', oneOf('student', 'teacher'))
    .option('--backend <name>', 'backend to compute on (default: that of the pipeline)')
    .option('--set <key=path>', 'where the data are now, such as data.root=/new/place; can be repeated', collect)
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action(evaluate);
}

async function evaluate(path: string, options: EvaluateOptions): Promise<void> {
  const unwritten: CarlError[] = [];
  const results = await resultsOf(path, options, error => unwritten.push(error));
  process.stdout.write(`${options.format === 'json' ? JSON.stringify(results, null, 2) : resultsTable(results)}\n`);
  for (const error of unwritten) throw error;
  reportEvaluation(results, path);
}

async function resultsOf(
  path: string,
  { network: choice, backend, set = [], quiet }: EvaluateOptions,
  onUnwritten: (error: CarlError) => void,
): Promise<Results> {
  const { run, loaded, lock } = await openRun(path, { set });
  const network = judgedNetwork(loaded, choice);
  const wanted = backend === undefined ? loaded.pipeline.backend : { use: backend };
  const active = await activateBackend(wanted, loaded.catalogue);
  const experiment = await openExperiment(loaded);
  const { before } = await withRepairs(experiment, run, lock);
  const found = await currentLock(experiment, active, before.data);
  const now = set.length > 0 ? { ...found, pipeline: lock.pipeline } : found;
  warnOfDifferences(assertUnchanged(before, now, path));
  const given = { observers: quiet ? [] : [progress(process.stderr)] };
  const observers = runObservers(experiment, given, message => process.stderr.write(`warning: ${message}\n`));
  const evaluating = { network, observers, onUnwritten };
  const { results } = await closing(observers, async () => {
    const ended = await interruptibleEvaluation(signal => evaluateRun(experiment, run, { ...evaluating, signal }));
    return { results: ended, status: isComplete(ended) ? 'finished' : 'interrupted' } as const;
  });
  return results;
}
