import type { StepReport } from '../contracts/observer.js';
import type { StepContext } from '../contracts/step-context.js';
import { CarlError } from '../errors/carl-error.js';
import { healthOf, type Health } from '../monitor/health.js';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { objectiveSize, type Model } from './model.js';
import { disposeOutcome, type StepOutcome } from './step.js';
import type { Training } from './training.js';

/** A step that was issued, and what it is told with. */
export interface DispatchedStep {
  readonly outcome: StepOutcome;
  readonly context: StepContext;
  readonly learningRate: number;
}

/**
 * Tells what came out of the steps, and whether training goes on. A step's numbers are read once the next one was issued,
 * so that a device never waits; those of a step at which the monitor looks, or after which a checkpoint is saved, at once,
 * since the model must still be the one of that step.
 */
export class StepReporter {
  #waiting: DispatchedStep | undefined;
  #written: Promise<void> = Promise.resolve();
  #clock = performance.now();
  #losses: number[] = [];

  constructor(
    private readonly training: Training,
    private readonly save: (step: number) => Promise<void>,
  ) {}

  /** Takes over a step that was just issued and tells of the one before it. @throws CarlError TRAIN_NOT_FINITE, TRAIN_COLLAPSE, DISK */
  async take(issued: DispatchedStep): Promise<void> {
    const before = this.#waiting;
    this.#waiting = issued;
    if (before) await this.#tellAndDispose(before);
    if (this.#looksAt(issued.context)) await this.settle();
  }

  /** Waits until all that was issued is told and written. */
  async settle(): Promise<void> {
    const last = this.#waiting;
    this.#waiting = undefined;
    if (last) await this.#tellAndDispose(last);
    await this.#written;
  }

  endEpoch(epoch: number): void {
    const loss = this.#losses.reduce((sum, value) => sum + value, 0) / this.#losses.length;
    this.#losses = [];
    this.training.observers.forEach(o => o.onEpoch?.({ epoch, metrics: { loss } }));
  }

  /** Frees a step that will not be told any more, after an error. */
  dispose(): void {
    if (this.#waiting) disposeOutcome(this.#waiting.outcome);
    this.#waiting = undefined;
  }

  async #tellAndDispose({ outcome, context, learningRate }: DispatchedStep): Promise<void> {
    try {
      const report = await this.#report(outcome, { context, learningRate });
      await this.#check(report);
      await this.#tell(report);
      if (!this.#looksAt(context)) return;
      await this.#look(report, await this.#health(outcome), context);
    } finally {
      disposeOutcome(outcome);
    }
  }

  /** Health of the batch of all workers, which therefore all come to the same conclusion. */
  async #health({ features, logits }: StepOutcome): Promise<Health> {
    const { model, network, spans } = this.training;
    const gathered = network.collective.allGather(logits ? [features, logits] : [features]);
    const [ofAll, logitsOfAll] = gathered as readonly [Tensor2D, Tensor2D?];
    try {
      return await spans.span('monitor', () => healthOf(ofAll, logitsOfAll, prototypesOf(model)));
    } finally {
      tf.dispose(gathered);
    }
  }

  #looksAt({ step, steps }: StepContext): boolean {
    return step % this.training.options.monitorEvery === 0 || step === steps - 1;
  }

  async #report(
    { numbers, partNames }: StepOutcome,
    { context, learningRate }: Pick<DispatchedStep, 'context' | 'learningRate'>,
  ): Promise<StepReport> {
    const [loss, gradientNorm, ...parts] = await this.training.spans.span('read-back', () => numbers.data());
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

  /** The line is on its way to the disk while the next step runs; only one is at a time. */
  async #tell(report: StepReport): Promise<void> {
    this.#losses.push(report.loss);
    const { step, epoch, loss, parts, learningRate, gradientNorm } = report;
    await this.training.spans.span('metrics', () => this.#written);
    this.#written = this.training.run.appendMetrics({ step, epoch, loss, ...parts, learningRate, gradientNorm });
    // Whoever waits for it next gets the error; until then it is not unhandled.
    this.#written.catch(() => undefined);
    this.training.observers.forEach(o => o.onStep?.(report));
  }

  async #look(report: StepReport, health: Health, context: StepContext): Promise<void> {
    const { monitor, network, shape, observers, run, options } = this.training;
    await this.#written;
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

function prototypesOf({ student }: Model): Tensor | undefined {
  return student.parameters().find(({ name }) => name === 'prototypes.weight')?.variable;
}
