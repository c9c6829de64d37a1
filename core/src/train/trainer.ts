import type { StepContext } from '../contracts/step-context.js';
import type { TrainerOptions } from '../schema/skeleton.js';
import { Batches } from './batches.js';
import { saveCheckpoint } from './checkpoint.js';
import { fillMemory } from './first-look.js';
import { StepReporter } from './step-reporter.js';
import { trainStep, type StepInput, type StepOutcome } from './step.js';
import type { Training } from './training.js';

export interface TrainingResult {
  readonly status: 'finished' | 'interrupted';
  /** Optimizer steps done. */
  readonly step: number;
}

/** Optimizer steps an epoch has: whole batches, `accumulate` of them a step. */
export function stepsPerEpoch(
  images: number,
  { batchSize, accumulate }: Pick<TrainerOptions, 'batchSize' | 'accumulate'>,
): number {
  return Math.floor(images / (batchSize * accumulate));
}

/**
 * Trains from a step to the end, or until the signal: then the step under way is finished and saved. What happens is
 * decided by the step's number alone, so a resumed training repeats exactly what an uninterrupted one does.
 * @throws CarlError TRAIN_NOT_FINITE, TRAIN_COLLAPSE, DISK
 */
export async function train(training: Training, startStep: number, signal: AbortSignal): Promise<TrainingResult> {
  const perEpoch = stepsPerEpoch(training.source.images.length, training.options);
  const steps = perEpoch * training.options.epochs;
  const loop = new Loop(training, { perEpoch, steps });
  try {
    return await run(training, loop, { perEpoch, steps, startStep, signal });
  } finally {
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
  training.observers.forEach(o =>
    o.onStart?.({ run: training.run.path, steps, epochs: training.options.epochs, startStep }),
  );
  // All workers stop after the same step.
  const interrupted = (): Promise<boolean> => training.network.collective.any(signal.aborted);
  if (startStep === 0 && training.network.assigner?.needsMemoryPass) await loop.lookFirst(interrupted);
  // No step may start from an incomplete memory: nothing is saved, and the pass is repeated when the run continues.
  if (startStep === 0 && (await interrupted())) return { status: 'interrupted', step: 0 };
  let step = startStep;
  while (step < steps) {
    await loop.step(step);
    step += 1;
    const epochEnds = step % perEpoch === 0;
    const stops = await interrupted();
    if (epochEnds || stops) await loop.settle();
    if (stops || step === steps || (epochEnds && (step / perEpoch) % training.options.checkpointEvery === 0))
      await loop.save(step);
    if (epochEnds) loop.endEpoch(step / perEpoch);
    if (stops && step < steps) return { status: 'interrupted', step };
  }
  training.observers.forEach(o => o.onEnd?.());
  return { status: 'finished', step };
}

class Loop {
  readonly #batches: Batches;
  readonly #judge: StepReporter;
  #saved = performance.now();

  constructor(
    private readonly training: Training,
    private readonly length: { readonly perEpoch: number; readonly steps: number },
  ) {
    const { source, options, network, viewTask: task, viewThreads: threads } = training;
    this.#batches = new Batches(source, { options, worker: network.collective, task, threads });
    this.#judge = new StepReporter(training, async step => this.save(step));
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
    const outcome = await this.#issue({ batches: makers, context, learningRate, clipNorm: options.clipNorm });
    await this.#judge.take({ outcome, context, learningRate });
  }

  /** A step can fail because the one before it, not told yet, left numbers that are not finite: that is the error then. */
  async #issue(input: StepInput): Promise<StepOutcome> {
    try {
      const { network, model, spans } = this.training;
      return spans.span('step', () => trainStep(network, model, input));
    } catch (error) {
      await this.#judge.settle();
      throw error;
    }
  }

  /** Shows the assigner all training images, in the order and the views of the first epoch. */
  async lookFirst(interrupted: () => Promise<boolean>): Promise<void> {
    const { network, model } = this.training;
    for (let step = 0; step < this.length.perEpoch && !(await interrupted()); step++) {
      const context = this.#context(step);
      for (const batch of await this.#batches.at(context)) {
        fillMemory(network, model, { batch: () => this.#batches.onDevice(batch), context });
      }
    }
  }

  /** Waits until everything up to the last step is told. @throws CarlError as the steps do */
  async settle(): Promise<void> {
    await this.#judge.settle();
  }

  endEpoch(epoch: number): void {
    this.#judge.endEpoch(epoch);
  }

  async close(): Promise<void> {
    this.#judge.dispose();
    await this.#batches.close();
  }

  /** Saves the model as it is after a step that is settled. */
  async save(step: number): Promise<void> {
    const { run, model, monitor, options, observers, spans } = this.training;
    const path = run.checkpointPath(step);
    await spans.span('checkpoint', () => saveCheckpoint(run, model, { step, monitor: monitor.memory() }));
    await run.appendSeconds(step, (performance.now() - this.#saved) / 1000);
    this.#saved = performance.now();
    await run.prune(options.keepCheckpoints);
    observers.forEach(o => o.onCheckpoint?.(path));
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
    };
  }
}
