import type { Command } from 'commander';
import { formatDiagnostics } from '../../config/format.js';
import { loadPipeline } from '../../config/load.js';
import type { Experiment } from '../../run/experiment.js';
import { openPipeline } from '../../run/open-pipeline.js';
import { estimateViewThreads } from '../../run/estimate-view-threads.js';
import { peakMemory } from '../../run/peak-memory.js';
import { planOf, type Plan } from '../../run/plan.js';
import { activateBackend, chosenBackend } from '../../backend/activate.js';
import { collect, integer, oneOf } from '../parse-option.js';
import { colorOf, duration } from '../terminal.js';
import { aligned } from '../../text/tables.js';
import type { LoadedPipeline } from '../../config/loaded-pipeline.js';

interface PlanOptions {
  readonly set?: readonly string[];
  readonly seed?: number;
  readonly backend?: string;
  readonly format: 'text' | 'json';
}

export function register(command: Command): void {
  command
    .argument('<file>', 'pipeline in YAML')
    .option('--set <key=value>', 'change a value of the pipeline; can be repeated', collect)
    .option('--seed <number>', 'seed of the run', integer)
    .option('--backend <name>', 'backend to compute on')
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .addHelpText('after', '\nExample:\n  carl plan pipelines/carl-fashion-mnist-mini.yaml --set encoder.width=32')
    .action(plan);
}

/** Operations per second that training reaches on one core of a usual machine: only the order of magnitude counts. */
const OPERATIONS_PER_CORE: Readonly<Record<string, number>> = { tensorflow: 70e9, wasm: 5e9, cpu: 0.3e9 };

async function plan(file: string, options: PlanOptions): Promise<void> {
  const loaded = await loadPipeline(file, options);
  const { backend } = await chosenBackend(loaded.pipeline.backend, loaded.catalogue);
  const { experiment, warnings } = await openPipeline(loaded);
  const planned = await planOf(experiment);
  const rate = OPERATIONS_PER_CORE[backend.name] ?? OPERATIONS_PER_CORE.cpu;
  const threads = backend.name === 'tensorflow' ? (await import('node:os')).availableParallelism() : 1;
  const seconds = (planned.steps * planned.flopsPerStep) / (rate * threads);
  const peakBytes = await triedPeak(backend.name, { loaded, experiment, planned, seconds });
  if (options.format === 'json')
    process.stdout.write(
      `${JSON.stringify({ ...planned, peakBytes, backend: backend.name, seconds, warnings }, null, 2)}\n`,
    );
  else
    process.stdout.write(
      `${planText(planned)}\n${peakText(peakBytes)}backend       ${backend.name}\ntime          about ${duration(seconds)} on this machine, within a factor of two\n`,
    );
  if (warnings.length > 0)
    process.stderr.write(`\n${formatDiagnostics(warnings, { color: colorOf(process.stderr) })}\n`);
}

interface Tried {
  readonly loaded: LoadedPipeline;
  readonly experiment: Experiment;
  readonly planned: Plan;
  /** That all steps will take. */
  readonly seconds: number;
}

/** The peak is tried out where a step on a few images takes no time, and where it is the memory of this process. */
async function triedPeak(backend: string, tried: Tried): Promise<number | undefined> {
  if (backend !== 'tensorflow') return undefined;
  const { loaded, experiment, planned, seconds } = tried;
  const { backend: wanted, trainer } = loaded.pipeline;
  await activateBackend(wanted, loaded.catalogue);
  const flopsPerImage = planned.flopsPerStep / (trainer.batchSize * trainer.accumulate);
  return peakMemory(experiment, { flopsPerImage, threads: await estimateViewThreads(experiment, seconds) });
}

function peakText(bytes: number | undefined): string {
  return bytes === undefined ? '' : `peak memory   about ${(bytes / 2 ** 20).toFixed(0)} MiB\n`;
}

function planText(plan: Plan): string {
  const count = (value: number): string => value.toLocaleString('en-US');
  const components = plan.components.map(({ key, use, parameters }) =>
    `${key.padEnd(14)}${use.padEnd(24)}${parameters === undefined ? '' : `${count(parameters)} parameters`}`.trimEnd(),
  );
  const stages = plan.stages.map(({ name, shape, multiplyAdds }) => [
    name,
    `[${shape.map(side => (side === 0 ? '?' : String(side))).join(', ')}]`,
    multiplyAdds === 0 ? '' : (multiplyAdds / 1e6).toFixed(1),
  ]);
  const { train, validation, test } = plan.images;
  return [
    ...components,
    '',
    aligned([['stage', 'shape', 'million multiply-adds'], ...stages]),
    '',
    `images        ${count(train)} training, ${count(validation)} validation, ${count(test)} test`,
    `steps         ${count(plan.steps)} (${count(plan.stepsPerEpoch)} an epoch)`,
    `parameters    ${count(plan.parameters)}`,
    `a step        ${(plan.flopsPerStep / 1e9).toFixed(1)} GFLOP`,
    `memory        ${(plan.bytes / 2 ** 20).toFixed(0)} MiB for weights and activations, besides what the backend takes`,
    ...plan.trivial.map(({ name, loss }) => `trivial loss  ${loss.toFixed(4)} when ${name}`),
  ].join('\n');
}
