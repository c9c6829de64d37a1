import * as tf from '@tensorflow/tfjs';
import type { Observer, StepReport } from '../contracts/observer.js';
import type { Schedule } from '../contracts/schedule.js';
import type { StepContext } from '../contracts/step-context.js';
import { CarlError } from '../errors.js';
import { healthOf, type Health } from '../monitor/health.js';
import type { CollapseMonitor } from '../monitor/collapse-monitor.js';
import type { RunDirectory } from '../run/run-directory.js';
import type { TrainerOptions } from '../schema/skeleton.js';
import { Batches } from './batches.js';
import { saveCheckpoint } from './checkpoint.js';
import { look } from './first-look.js';
import { objectiveSize } from './model.js';
import type { Model } from './model.js';
import type { Network, NetworkShape } from './network.js';
import { trainStep, type StepOutcome } from './step.js';
import type { ViewSource } from './view-batch.js';

/** All parts of a training, ready to start. */
export interface Training {
  readonly network: Network;
  readonly shape: NetworkShape;
  readonly model: Model;
  readonly source: ViewSource;
  readonly schedule: Schedule;
  readonly options: TrainerOptions;
  readonly run: RunDirectory;
  readonly observers: readonly Observer[];
  readonly monitor: CollapseMonitor;
}

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
  training.observers.forEach(o =>
    o.onStart?.({ run: training.run.path, steps, epochs: training.options.epochs, startStep }),
  );
  if (startStep === 0 && training.network.assigner?.looksFirst) await loop.lookFirst(signal);
  // What it saw so far is not what a step may start from: nothing is saved, and it looks again when it goes on.
  if (startStep === 0 && signal.aborted) return { status: 'interrupted', step: 0 };
  let step = startStep;
  while (step < steps) {
    await loop.step(step);
    step += 1;
    const epochEnds = step % perEpoch === 0;
    if (signal.aborted || step === steps || (epochEnds && (step / perEpoch) % training.options.checkpointEvery === 0))
      await loop.save(step);
    if (epochEnds) loop.endEpoch(step / perEpoch);
    if (signal.aborted && step < steps) return { status: 'interrupted', step };
  }
  training.observers.forEach(o => o.onEnd?.());
  return { status: 'finished', step };
}

class Loop {
  readonly #batches: Batches;
  #clock = performance.now();
  #saved = performance.now();
  #losses: number[] = [];

  constructor(
    private readonly training: Training,
    private readonly length: { readonly perEpoch: number; readonly steps: number },
  ) {
    this.#batches = new Batches(training.source, training.options);
  }

  async step(step: number): Promise<void> {
    const { network, model, schedule, options } = this.training;
    const context = this.#context(step);
    const batches = await this.#batches.at(context);
    const learningRate = schedule.value(step, {
      steps: this.length.steps,
      stepsPerEpoch: this.length.perEpoch,
      startValue: network.optimizer.learningRate,
    });
    const outcome = trainStep(network, model, {
      batches: batches.map(batch => () => this.#batches.onDevice(batch)),
      context,
      learningRate,
      clipNorm: options.clipNorm,
    });
    try {
      await this.#judge(outcome, { context, learningRate });
    } finally {
      tf.dispose([outcome.numbers, outcome.features, ...(outcome.logits ? [outcome.logits] : [])]);
    }
  }

  /** Tells what came out of a step, and whether training goes on. */
  async #judge(outcome: StepOutcome, at: { context: StepContext; learningRate: number }): Promise<void> {
    const { model, options } = this.training;
    const report = await this.#report(outcome, at);
    await this.#check(report);
    await this.#tell(report);
    const { step, steps } = at.context;
    if (step % options.monitorEvery !== 0 && step !== steps - 1) return;
    await this.#look(report, await healthOf(outcome.features, outcome.logits, model), at.context);
  }

  /** Shows the assigner all training images, in the order and the views of the first epoch. */
  async lookFirst(signal: AbortSignal): Promise<void> {
    const { network, model } = this.training;
    for (let step = 0; step < this.length.perEpoch && !signal.aborted; step++) {
      const context = this.#context(step);
      for (const batch of await this.#batches.at(context)) {
        look(network, model, { batch: () => this.#batches.onDevice(batch), context });
      }
    }
  }

  async save(step: number): Promise<void> {
    const { run, model, monitor, options, observers } = this.training;
    const path = run.checkpointPath(step);
    await saveCheckpoint(path, model, { step, monitor: monitor.memory() });
    await run.appendSeconds(step, (performance.now() - this.#saved) / 1000);
    this.#saved = performance.now();
    await run.prune(options.keepCheckpoints);
    observers.forEach(o => o.onCheckpoint?.(path));
  }

  endEpoch(epoch: number): void {
    const loss = this.#losses.reduce((sum, value) => sum + value, 0) / this.#losses.length;
    this.#losses = [];
    this.training.observers.forEach(o => o.onEpoch?.({ epoch, metrics: { loss } }));
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

  async #report(
    { numbers, partNames }: StepOutcome,
    { context, learningRate }: { context: StepContext; learningRate: number },
  ): Promise<StepReport> {
    const [loss, gradientNorm, ...parts] = await numbers.data();
    const { batchSize, accumulate, epochs } = this.training.options;
    const now = performance.now();
    const imagesPerStep = batchSize * accumulate;
    const imagesPerSecond = (imagesPerStep * 1000) / (now - this.#clock);
    this.#clock = now;
    const { step, steps, epoch } = context;
    return {
      step: step + 1,
      steps,
      epoch: epoch + 1,
      epochs,
      loss,
      gradientNorm,
      learningRate,
      imagesPerSecond,
      imagesPerStep,
      parts: Object.fromEntries(partNames.map((name, i) => [name, parts[i]])),
    };
  }

  async #check(report: StepReport): Promise<void> {
    if (Number.isFinite(report.loss) && Number.isFinite(report.gradientNorm)) return;
    const { run } = this.training;
    const parts = Object.entries(report.parts).map(([name, value]) => `${name} ${String(value)}`);
    const good = (await run.checkpoints()).at(-1);
    throw new CarlError(
      'TRAIN_NOT_FINITE',
      `step ${String(report.step)}: loss ${String(report.loss)}, gradient norm ${String(report.gradientNorm)}; ${parts.join(', ')}.\n` +
        `The last good checkpoint is ${good === undefined ? 'none yet' : run.checkpointPath(good)}. ` +
        `Lower optimizer.learningRate, set trainer.clipNorm, or raise the temperature.`,
    );
  }

  async #tell(report: StepReport): Promise<void> {
    this.#losses.push(report.loss);
    const { step, epoch, loss, parts, learningRate, gradientNorm } = report;
    await this.training.run.appendMetrics({ step, epoch, loss, ...parts, learningRate, gradientNorm });
    this.training.observers.forEach(o => o.onStep?.(report));
  }

  async #look(report: StepReport, health: Health, context: StepContext): Promise<void> {
    const { monitor, network, shape, observers, run, options } = this.training;
    await run.appendMetrics({ step: report.step, health });
    const trivial = network.objective.trivial(objectiveSize(network, shape), context);
    const warnings = monitor.look({ report, health, trivial });
    for (const warning of warnings) {
      await run.appendMetrics({ step: report.step, warning });
      await run.log(`${warning.kind} since step ${String(warning.since)}: ${warning.message}`);
      observers.forEach(o => o.onWarning?.(warning));
    }
    const collapse = warnings.find(({ collapsed }) => collapsed);
    if (collapse && options.onCollapse === 'stop') {
      await this.save(report.step);
      throw new CarlError(
        'TRAIN_COLLAPSE',
        `${collapse.message} (stopped because trainer.onCollapse is stop; checkpoint ${run.checkpointPath(report.step)})`,
      );
    }
  }
}
