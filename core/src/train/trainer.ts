import { discardNote } from '../contracts/note.js';
import type { StepContext } from '../contracts/step-context.js';
import { callsInStep } from '../plugin/plugin-calls.js';
import type { TrainerOptions } from '../schema/skeleton.js';
import { inPrecision } from '../tensor/kernels.js';
import { Batches } from './batches.js';
import { saveCheckpoint } from './checkpoint.js';
import { fillMemory } from './fill-memory.js';
import { StepReporter } from './step-reporter.js';
import { trainStep, type StepInput, type StepOutcome } from './step.js';
import type { Training } from './training.js';

/** Milliseconds. */
const MINUTE = 60_000;

export interface TrainingResult {
  readonly status: 'finished' | 'interrupted';
  /** Optimizer steps done. */
  readonly step: number;
}

/** Optimizer steps of an epoch: complete batches, `accumulate` of them a step. */
export function stepsPerEpoch(
  images: number,
  { batchSize, accumulate }: Pick<TrainerOptions, 'batchSize' | 'accumulate'>,
): number {
  return Math.floor(images / (batchSize * accumulate));
}

/**
 * Trains from a step to the end, or until the signal: then the current step is finished and saved. Every decision depends on
 * the number of the step alone, so a resumed training gives the same numbers as an uninterrupted one.
 * @throws CarlError TRAIN_NOT_FINITE, TRAIN_COLLAPSE, DISK
 */
export async function train(training: Training, startStep: number, signal: AbortSignal): Promise<TrainingResult> {
  const perEpoch = stepsPerEpoch(training.source.images.length, training.options);
  const steps = perEpoch * training.options.epochs;
  const loop = new Loop(training, { perEpoch, steps });
  try {
    return await run(training, loop, { perEpoch, steps, startStep, signal });
  } finally {
    callsInStep(undefined);
    await loop.close();
  }
}

interface StepRange {
  readonly perEpoch: number;
  readonly steps: number;
  readonly startStep: number;
  readonly signal: AbortSignal;
}

async function run(training: Training, loop: Loop, course: StepRange): Promise<TrainingResult> {
  const { perEpoch, steps, startStep, signal } = course;
  const { epochs, checkpointEvery } = training.options;
  await training.observers.send('onStart', { run: training.run.path, steps, epochs, startStep });
  // All workers stop after the same step.
  const interrupted = (): Promise<boolean> => training.network.collective.any(signal.aborted);
  if (startStep === 0 && training.network.assigner?.needsMemoryPass) await loop.fillMemory(interrupted);
  // Training cannot start from a partly filled memory: nothing is saved, and a resumed run fills it again.
  if (startStep === 0 && (await interrupted())) return { status: 'interrupted', step: 0 };
  let step = startStep;
  while (step < steps) {
    callsInStep(step + 1);
    await loop.step(step);
    if (step === startStep) training.onFirstStep?.();
    step += 1;
    const epochEnds = step % perEpoch === 0;
    const stops = await interrupted();
    const saves = stops || step === steps || step % (perEpoch * checkpointEvery) === 0 || loop.isCheckpointDue();
    if (epochEnds || saves) await loop.settle();
    if (epochEnds) await loop.endEpoch(step / perEpoch, step);
    if (saves) await loop.save(step);
    if (stops && step < steps) return { status: 'interrupted', step };
  }
  return { status: 'finished', step };
}

class Loop {
  readonly #batches: Batches;
  readonly #reporter: StepReporter;
  #saved = performance.now();

  constructor(
    private readonly training: Training,
    private readonly length: { readonly perEpoch: number; readonly steps: number },
  ) {
    const { source, options, network, viewTask: task, viewThreads: threads } = training;
    this.#batches = new Batches(source, { options, worker: network.collective, task, threads });
    this.#reporter = new StepReporter(training, async step => this.save(step));
  }

  async step(step: number): Promise<void> {
    const { network, schedule, options, spans } = this.training;
    const context = this.#context(step);
    const batches = await spans.span('views', () => this.#batches.at(context));
    const learningRate = schedule.value(step, {
      steps: this.length.steps,
      stepsPerEpoch: this.length.perEpoch,
      startValue: network.optimizer.learningRate,
    });
    const makers = batches.map(batch => () => this.#batches.onDevice(batch));
    const { clipNorm, precision } = options;
    const outcome = await this.#dispatch({ batches: makers, context, learningRate, clipNorm, precision });
    await this.#reporter.take({ outcome, context, learningRate });
  }

  /** Dispatches a step. It can fail because of values of the previous step that are not finite; `settle` then throws that error. */
  async #dispatch(input: StepInput): Promise<StepOutcome> {
    try {
      const { network, model, spans } = this.training;
      return spans.span('step', () => trainStep(network, model, input));
    } catch (error) {
      await this.#reporter.settle();
      throw error;
    }
  }

  /** Fills the assigner's memory with all training images, in the order and the views of the first epoch. */
  async fillMemory(interrupted: () => Promise<boolean>): Promise<void> {
    const { network, model, options } = this.training;
    for (let step = 0; step < this.length.perEpoch && !(await interrupted()); step++) {
      const context = this.#context(step);
      for (const batch of await this.#batches.at(context)) {
        const given = { batch: () => this.#batches.onDevice(batch), context };
        inPrecision(options.precision, () => fillMemory(network, model, given));
      }
    }
  }

  /** Waits until all steps are reported. @throws CarlError as the steps do */
  async settle(): Promise<void> {
    await this.#reporter.settle();
  }

  async endEpoch(epoch: number, step: number): Promise<void> {
    await this.#reporter.endEpoch(epoch, step);
  }

  async close(): Promise<void> {
    this.#reporter.dispose();
    await this.#batches.close();
  }

  /** Whether more work would be lost than the pipeline allows. Only worker 0 writes, so its clock alone counts. */
  isCheckpointDue(): boolean {
    const { network, options } = this.training;
    return network.collective.rank === 0 && performance.now() - this.#saved >= options.checkpointMinutes * MINUTE;
  }

  /** Saves the model as it is after a settled step; all metrics up to that step reach the disk first. */
  async save(step: number): Promise<void> {
    const { run, model, monitor, options, observers, spans, pipeline } = this.training;
    const path = run.checkpointPath(step);
    const metrics = await run.flushMetrics();
    const info = { step, pipeline, ...(metrics && { metrics }), monitor: monitor.memory() };
    await spans.span('checkpoint', () => saveCheckpoint(run, model, info));
    await run.appendSeconds(step, (performance.now() - this.#saved) / 1000);
    this.#saved = performance.now();
    await run.prune(options.keepCheckpoints, this.length.perEpoch * options.checkpointEvery);
    await observers.send('onCheckpoint', path);
  }

  #context(step: number): StepContext {
    const { source, network } = this.training;
    const { perEpoch, steps } = this.length;
    return {
      step,
      steps,
      stepsPerEpoch: perEpoch,
      epoch: Math.floor(step / perEpoch),
      random: source.streams.at('step', step),
      collective: network.collective,
      note: discardNote,
    };
  }
}
