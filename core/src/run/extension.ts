import { Schedule } from '../contracts/schedule.js';
import { CarlError } from '../errors/carl-error.js';
import { resumeCommandOf } from './resume-command.js';
import { stepsPerEpoch } from '../train/trainer.js';
import type { Experiment } from './experiment.js';
import { failureAdvice } from './failure.js';
import type { RunDirectory } from './run-directory.js';

/** Steps at most at which two schedules are compared. */
const COMPARED = 10_000;

/** Checks that a run was trained to its end. @throws CarlError INPUT_RUN */
export async function assertFinished(run: RunDirectory, steps: number, purpose = ''): Promise<void> {
  const step = (await run.checkpoints()).at(-1) ?? 0;
  if (step >= steps) return;
  const failure = await run.failure();
  if (failure)
    throw new CarlError(
      'INPUT_RUN',
      `${run.path} is not finished: its training failed at step ${step} of ${steps}.${purpose} The error was:\n${failure.message}\n${failureAdvice(run.path)}`,
    );
  throw new CarlError(
    'INPUT_RUN',
    `${run.path} is not finished: it is at step ${step} of ${steps}.${purpose} Finish it first: ${resumeCommandOf(run.path)}`,
  );
}

/** Describes the effect of more epochs on the learning rate and on other values that change over a training, one line each. */
export function extensionLines(experiment: Experiment, { from, to }: ExtensionRange): readonly string[] {
  const { pipeline } = experiment;
  const steps = stepsPerEpoch(experiment.train.length, pipeline.trainer) * from;
  const changing = changingOptions(pipeline);
  return [
    `extended from ${from} to ${to} epochs, from step ${steps + 1} on`,
    learningRateLine(experiment, { from, to }),
    ...(changing.length > 0 ? [`these options follow the new length from here on: ${changing.join(', ')}`] : []),
  ];
}

interface ExtensionRange {
  readonly from: number;
  readonly to: number;
}

function learningRateLine({ train, pipeline, services, network }: Experiment, { from, to }: ExtensionRange): string {
  const perEpoch = stepsPerEpoch(train.length, pipeline.trainer);
  const schedule = services.get(Schedule);
  const rate = (step: number, epochs: number) =>
    schedule.value(step, {
      steps: perEpoch * epochs,
      stepsPerEpoch: perEpoch,
      startValue: network.optimizer.learningRate,
    });
  const last = perEpoch * from - 1;
  const stride = Math.max(1, Math.floor(last / COMPARED));
  const places = Array.from({ length: Math.floor(last / stride) + 1 }, (_, i) => last - i * stride);
  const { use } = pipeline.schedule;
  if (places.every(step => rate(step, from) === rate(step, to)))
    return `schedule \`${use}\`: the learning rates so far are those of a training of ${to} epochs`;
  return (
    `schedule \`${use}\`: the learning rate was ${short(rate(last, from))} in step ${last + 1} and is ${short(rate(last + 1, to))} in the next one, ` +
    `as in a training of ${to} epochs. The steps before had those of epochs = ${from}, so the results differ from a training of ${to} epochs from the start`
  );
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** Paths of options `{ from, to }`. */
function changingOptions(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('from' in value && 'to' in value) return [path];
  return Object.entries(value).flatMap(([key, inner]) => changingOptions(inner, path === '' ? key : `${path}.${key}`));
}
