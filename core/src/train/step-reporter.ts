import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Health } from '../contracts/health.js';
import { METRICS_VERSION } from '../contracts/metrics.js';
import type { StepReport } from '../contracts/observer.js';
import type { StepContext } from '../contracts/step-context.js';
import type { Pass } from '../contracts/weights.js';
import { CarlError } from '../errors/carl-error.js';
import { healthOf } from '../monitor/health.js';
import { scope } from '../tensor/scope.js';
import { tf } from '../tensor/tf.js';
import { objectiveSize, type Network } from './network.js';
import { passesOf } from './passes.js';
import { disposeOutcome, type StepOutcome } from './step.js';
import type { Training } from './training.js';

/** A dispatched step with the values needed to report it. */
export interface DispatchedStep {
  readonly outcome: StepOutcome;
  readonly context: StepContext;
  readonly learningRate: number;
}

/**
 * Reports the results of steps to metrics, monitor and observers, and ends a training that diverged. A step's numbers
 * are read after the next step is dispatched, so that a device never waits. If the monitor samples a step, or a
 * checkpoint is saved after it, they are read at once, because the model must not change before.
 */
export class StepReporter {
  #waiting: DispatchedStep | undefined;
  #written: Promise<void> = Promise.resolve();
  #clock = performance.now();
  #losses: number[];

  constructor(
    private readonly training: Training,
    private readonly save: (step: number) => Promise<void>,
  ) {
    this.#losses = [...training.epochLosses];
  }

  /** Takes over a dispatched step and reports the one before it. @throws CarlError TRAIN_NOT_FINITE, TRAIN_COLLAPSE, DISK */
  async take(dispatched: DispatchedStep): Promise<void> {
    const before = this.#waiting;
    this.#waiting = dispatched;
    if (before) await this.#reportAndDispose(before);
    if (this.#isSampled(dispatched.context)) await this.settle();
  }

  /** Waits until every dispatched step is reported and written. */
  async settle(): Promise<void> {
    const last = this.#waiting;
    this.#waiting = undefined;
    if (last) await this.#reportAndDispose(last);
    await this.#written;
  }

  /** Reports the end of an epoch (from 1) after the given step, which is settled. */
  async endEpoch(epoch: number, step: number): Promise<void> {
    const loss = this.#losses.reduce((sum, value) => sum + value, 0) / this.#losses.length;
    this.#losses = [];
    const { network, probeValidation, run, observers } = this.training;
    // Worker 0 alone reports.
    const probe = network.collective.rank === 0 ? await probeValidation?.() : undefined;
    const measured = { loss, ...(probe !== undefined && { probe }) };
    await run.appendMetrics({ v: METRICS_VERSION, type: 'epoch', step, epoch, ...measured });
    await observers.send('onEpoch', { epoch, metrics: measured });
  }

  /** Frees a step that will not be reported any more, after an error. */
  dispose(): void {
    if (this.#waiting) disposeOutcome(this.#waiting.outcome);
    this.#waiting = undefined;
  }

  async #reportAndDispose({ outcome, context, learningRate }: DispatchedStep): Promise<void> {
    try {
      const report = await this.#read(outcome, { context, learningRate });
      await this.#check(report);
      await this.#publish(report);
      if (!this.#isSampled(context)) return;
      const health = await this.training.spans.span('monitor', () => this.#health(outcome));
      await this.#monitor(report, health, context);
    } finally {
      disposeOutcome(outcome);
    }
  }

  #isSampled({ step, steps }: StepContext): boolean {
    return step % this.training.options.monitorEvery === 0 || step === steps - 1;
  }

  async #read(
    { numbers, partNames, noteNames }: StepOutcome,
    { context, learningRate }: Pick<DispatchedStep, 'context' | 'learningRate'>,
  ): Promise<StepReport> {
    const [loss, gradientNorm, ...values] = await this.training.spans.span('read-back', () => numbers.data());
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
      parts: Object.fromEntries(partNames.map((name, i) => [name, values[i]])),
      notes: Object.fromEntries(noteNames.map((name, i) => [name, values[partNames.length + i]])),
    };
  }

  async #check(report: StepReport): Promise<void> {
    if (Number.isFinite(report.loss) && Number.isFinite(report.gradientNorm)) return;
    const { run } = this.training;
    const parts = Object.entries(report.parts).map(([name, value]) => `${name} ${String(value)}`);
    const good = (await run.checkpoints()).at(-1);
    throw new CarlError(
      'TRAIN_NOT_FINITE',
      `step ${String(report.step)}: loss ${String(report.loss)}, gradient norm ${String(report.gradientNorm)}${parts.length > 0 ? `; ${parts.join(', ')}` : ''}.\n` +
        `${good === undefined ? 'There is no checkpoint yet' : `The last good checkpoint is ${run.checkpointPath(good)}`}. ` +
        `Lower optimizer.learningRate, set trainer.clipNorm, or raise the temperature.`,
    );
  }

  /** Writes the line while the next step runs, one line at a time. */
  async #publish(report: StepReport): Promise<void> {
    this.#losses.push(report.loss);
    const { step, epoch, loss, parts, notes, learningRate, gradientNorm } = report;
    const line = { step, epoch, loss, parts, notes, learningRate, gradientNorm };
    await this.training.spans.span('metrics', () => this.#written);
    this.#written = this.training.run.appendMetrics({ v: METRICS_VERSION, type: 'step', ...line });
    // The next `await` of the promise gets the error; until then it counts as handled.
    this.#written.catch(() => undefined);
    await this.training.observers.send('onStep', report);
  }

  /** Health of the batch of all workers, so that all of them draw the same conclusions. */
  async #health({ features, logits }: StepOutcome): Promise<Health> {
    const { network, model } = this.training;
    const { prototypes: pass } = passesOf(model.student, network.collective);
    const gathered = network.collective.allGather(logits ? [features, logits] : [features]);
    const [allFeatures, allLogits] = gathered as readonly [Tensor2D, Tensor2D?];
    const prototypes = scope(() => comparable(network, pass));
    try {
      return await healthOf(allFeatures, allLogits, prototypes);
    } finally {
      tf.dispose(gathered);
      prototypes?.dispose();
    }
  }

  async #monitor(report: StepReport, health: Health, context: StepContext): Promise<void> {
    const { monitor, network, shape, observers, run, options } = this.training;
    const head = { v: METRICS_VERSION, step: report.step } as const;
    await this.#written;
    await run.appendMetrics({ ...head, type: 'health', health });
    await observers.send('onHealth', { step: report.step, health });
    const trivial = network.objective.trivial(objectiveSize(network, shape), context);
    const warnings = monitor.look({ report, health, trivial });
    for (const warning of warnings) {
      await run.appendMetrics({ ...head, type: 'warning', warning });
      await run.log(`${warning.kind} since step ${String(warning.since)}: ${warning.message}`);
      await observers.send('onWarning', warning);
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

/** A copy of the prototypes, if they form one set: prototypes of different sets may be alike. */
function comparable({ assigner }: Network, pass: Pass): Tensor2D | undefined {
  const prototypes = assigner?.segments ? undefined : assigner?.prototypes?.(pass);
  return prototypes && tf.clone(prototypes);
}
