import type { Command } from 'commander';
import { BF16_TEXT } from '../bf16-text.js';
import { counted } from '../../text/counted.js';
import { formatDiagnostics } from '../../config/format.js';
import { loadPipeline } from '../../config/load.js';
import { estimateTraining, type TrainingEstimate } from '../../run/estimate-training.js';
import { estimateEvaluation, type EvaluationEstimate } from '../../run/estimate-evaluation.js';
import { openPipeline } from '../../run/open-pipeline.js';
import { machineMemory, requireMemory } from '../../run/step-memory.js';
import type { Pipeline } from '../../schema/skeleton.js';
import { planOf, type Plan } from '../../run/plan.js';
import { classCounts } from '../class-counts.js';
import { collect, integer, oneOf } from '../parse-option.js';
import { colorOf, duration } from '../terminal.js';
import { aligned } from '../../text/tables.js';
import { printable } from '../../text/printable.js';

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

async function plan(file: string, options: PlanOptions): Promise<void> {
  const loaded = await loadPipeline(file, options);
  const { experiment, warnings } = await openPipeline(loaded);
  await requireMemory(experiment);
  const planned = await planOf(experiment);
  const estimate = await estimateTraining(experiment, planned);
  const evaluation = await estimateEvaluation(experiment, planned);
  const text =
    options.format === 'json'
      ? JSON.stringify({ ...planned, ...estimate, ...(evaluation && { evaluation }), warnings }, null, 2)
      : [
          planText(planned),
          estimateText(estimate),
          ...evaluationText(evaluatorCount(loaded.pipeline), evaluation),
        ].join('\n');
  process.stdout.write(`${printable(text)}\n`);
  if (warnings.length > 0)
    process.stderr.write(`\n${formatDiagnostics(warnings, { color: colorOf(process.stderr) })}\n`);
}

/** Classes that are listed one by one. */
const LISTED = 12;

/** Line for classes with the number of their training images. */
function classesText({ classes, multiLabelClasses }: Plan): string {
  if (multiLabelClasses !== undefined) return `classes       ${multiLabelClasses}, any number of them for each image`;
  if (!classes) return 'classes       none: the images have no labels';
  const counts = classes.map(({ name, train }) => ({ name, images: train }));
  return `classes       ${classCounts(counts, { listed: LISTED, noun: 'training images' })}`;
}

/** Lines for backend, duration and peak memory. */
export function estimateText({ backend, bf16, threads, seconds, peakBytes }: TrainingEstimate): string {
  const count = threads === undefined ? '' : `, ${counted(threads, 'thread')}`;
  const time = seconds === undefined ? 'no estimate of time on this backend' : `about ${duration(seconds)} on this machine, within a factor of two${bf16 ? ', estimated for float32' : ''}`; // prettier-ignore
  const peak = peakBytes === undefined ? 'no estimate' : `about ${mebibytes(peakBytes)}${peakBytes > machineMemory() ? `; this machine has ${mebibytes(machineMemory())}` : ''}`; // prettier-ignore
  const precision = bf16 && `precision     ${BF16_TEXT[bf16]}`;
  const lines = [`peak memory   ${peak}`, `backend       ${backend}${count}`, precision, `time          ${time}`];
  return lines.filter(line => line !== undefined).join('\n');
}

function evaluatorCount({ evaluate, transfer = {} }: Pipeline): number {
  return evaluate.length + Object.values(transfer).reduce((sum, one) => sum + one.evaluate.length, 0);
}

/** The line for the evaluation after the training; none without evaluators. */
export function evaluationText(evaluators: number, estimate: EvaluationEstimate | undefined): readonly string[] {
  if (evaluators === 0) return [];
  if (!estimate) return ['evaluation    no estimate'];
  const { seconds, peakBytes, uncounted } = estimate;
  const without = uncounted.length === 0 ? '' : `; not counted: ${uncounted.join(', ')}`;
  return [`evaluation    about ${duration(seconds)}, within a factor of two, and ${mebibytes(peakBytes)} at the peak${without}`]; // prettier-ignore
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

/** The plan as a table and lines. */
export function planText(plan: Plan): string {
  const count = (value: number): string => value.toLocaleString('en-US');
  const components = plan.components.map(({ key, use, parameters }) =>
    `${key.padEnd(14)}${use.padEnd(24)}${parameters === undefined ? '' : `${count(parameters)} parameters`}`.trimEnd(),
  );
  const stages = plan.stages.map(({ name, shape, multiplyAdds }) => [
    name,
    `[${shape.map(side => (side === 0 ? '?' : String(side))).join(', ')}]`,
    multiplyAdds === 0 ? '' : (multiplyAdds / 1e6).toFixed(1),
  ]);
  const images = ({ train, validation, test }: Plan['images']): string =>
    `${count(train)} training, ${count(validation)} validation, ${count(test)} test`;
  return [
    ...components,
    '',
    aligned([['stage', 'shape', 'million multiply-adds'], ...stages]),
    '',
    `images        ${images(plan.images)}`,
    classesText(plan),
    ...plan.transfer.map(one => `transfer      ${one.name}: ${images(one.images)}, ${one.classes === undefined ? 'no labels' : `${one.classes} classes`}; ${one.evaluators.join(', ')}`), // prettier-ignore
    `steps         ${count(plan.steps)} (${count(plan.stepsPerEpoch)} per epoch)`,
    `parameters    ${count(plan.parameters)}`,
    `a step        ${(plan.flopsPerStep / 1e9).toFixed(1)} GFLOP`,
    `memory        ${mebibytes(plan.bytes)} for weights, gradients, optimizer, queues and activations`,
    ...plan.trivial.map(({ name, loss }) => `trivial loss  ${loss.toFixed(4)} when ${name}`),
  ].join('\n');
}
