import { counted } from '../text/counted.js';
import type { PrototypeHealth } from '../contracts/health.js';
import type {
  HealthReport,
  EpochSummary,
  EvaluationReport,
  Observer,
  RunStart,
  StepReport,
  Warning,
} from '../contracts/observer.js';
import { printable, printableLine } from '../text/printable.js';
import { Sparkline } from './sparkline.js';
import { canRedraw, colorOf, duration, redraw } from './terminal.js';

const BAR = 24;
/** Milliseconds after which a line reports an evaluator that is still at work. */
const LINE_INTERVAL = 30_000;

/**
 * Shows the progress of training and evaluation: a progress bar on a terminal, otherwise a line for each epoch and evaluator.
 * Terminals without control sequences or of unknown width, as in containers, get the lines.
 */
export function progress(stream: NodeJS.WriteStream): Observer {
  return canRedraw(stream) ? new Bar(stream) : new Lines(stream);
}

class Lines implements Observer {
  readonly name = 'progress';
  readonly #rate = new Rate();
  #last: StepReport | undefined;
  #printed = performance.now();

  constructor(private readonly stream: NodeJS.WriteStream) {}

  onStart(start: RunStart): void {
    this.stream.write(`${opening(start)}\n`);
  }

  onStep(report: StepReport): void {
    this.#rate.add(report);
    this.#last = report;
  }

  onEpoch(epoch: EpochSummary): void {
    if (this.#last) this.stream.write(`${summary(this.#last, this.#rate)}${probeText(epoch)}\n`);
  }

  onWarning(warning: Warning): void {
    this.stream.write(`${warningText(warning, false)}\n`);
  }

  onEvaluation(report: EvaluationReport): void {
    const now = performance.now();
    if (report.status === 'running' && now - this.#printed < LINE_INTERVAL) return;
    this.#printed = now;
    this.stream.write(`${evaluationText(report)}\n`);
  }
}

class Bar implements Observer {
  readonly name = 'progress';
  readonly #rate = new Rate();
  readonly #loss = new Sparkline();
  readonly #used = new Sparkline();
  #prototypes: PrototypeHealth | undefined;
  #last: StepReport | undefined;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  onStart(start: RunStart): void {
    this.stream.write(`${opening(start)}\n`);
  }

  onStep(report: StepReport): void {
    this.#rate.add(report);
    this.#last = report;
    this.#loss.add(report.loss);
    const done = Math.round((BAR * report.step) / report.steps);
    redraw(this.stream, `${'█'.repeat(done)}${'░'.repeat(BAR - done)} ${summary(report, this.#rate)}`);
  }

  onHealth({ health: { prototypes } }: HealthReport): void {
    this.#prototypes = prototypes;
    if (prototypes) this.#used.add(prototypes.used);
  }

  onEpoch(epoch: EpochSummary): void {
    if (this.#last) this.#line(`${summary(this.#last, this.#rate)}${probeText(epoch)}`);
  }

  onWarning(warning: Warning): void {
    this.#line(warningText(warning, colorOf(this.stream)));
  }

  onEvaluation(report: EvaluationReport): void {
    this.#picture();
    if (report.status === 'running') redraw(this.stream, evaluationText(report));
    else this.#line(evaluationText(report));
  }

  close(): void {
    this.#picture();
  }

  /** Shows the course of the loss and the use of the prototypes, once, when the training has ended. */
  #picture(): void {
    if (this.#last === undefined || this.#last.step < this.#last.steps) return;
    this.#last = undefined;
    const [loss, used] = [this.#loss.text(BAR, 3), this.#used.text(BAR, 0)];
    if (loss !== '') this.#line(`loss        ${loss}`);
    const { reachable, perplexity, count } = this.#prototypes ?? {};
    if (used !== '')
      this.#line(`prototypes  ${used} of ${reachable} in a batch, perplexity ${perplexity?.toFixed(1)} of ${count}`);
  }

  /** Writes a text that stays, in full. */
  #line(text: string): void {
    this.stream.write(`\r\u001b[2K${text}\n`);
  }
}

function opening({ run, steps, epochs, startStep }: RunStart): string {
  if (startStep >= steps) return `${run} is already finished: all ${steps} steps are done`;
  return `training ${run}: ${counted(steps, 'step')} in ${counted(epochs, 'epoch')}${startStep > 0 ? ` from step ${startStep}` : ''}`;
}

/** Images per second, as an average over the last steps. */
class Rate {
  #value: number | undefined;

  add({ imagesPerSecond }: StepReport): void {
    this.#value = this.#value === undefined ? imagesPerSecond : 1 / (0.9 / this.#value + 0.1 / imagesPerSecond);
  }

  get imagesPerSecond(): number {
    return this.#value ?? 0;
  }
}

function summary(report: StepReport, rate: Rate): string {
  const parts = Object.entries(report.parts).map(([name, value]) => `${printableLine(name, 40)} ${value.toFixed(3)}`);
  const perStep = report.imagesPerStep / rate.imagesPerSecond;
  return [
    `epoch ${String(report.epoch)}/${String(report.epochs)}`,
    `step ${String(report.step)}/${String(report.steps)}`,
    `loss ${report.loss.toFixed(4)}`,
    ...(parts.length > 1 ? parts : []),
    ...probeOfStep(report),
    `${rate.imagesPerSecond.toFixed(0)} images/s`,
    report.step < report.steps ? `${duration(perStep * (report.steps - report.step))} left` : 'done',
  ].join('  ');
}

/** Accuracy of the online probe on the views of the step. */
function probeOfStep({ notes }: StepReport): readonly string[] {
  const accuracy = notes['probe.accuracy'] as number | undefined;
  return accuracy === undefined ? [] : [`probe ${percent(accuracy)}`];
}

function probeText({ metrics: { probe } }: EpochSummary): string {
  return (probe as number | undefined) === undefined ? '' : `  probe on validation ${percent(probe)}`;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

function evaluationText({ evaluator, subject, number, count, ...report }: EvaluationReport): string {
  const title = printableLine(`evaluator ${number}/${count}  ${evaluator}, ${subject}`);
  if (report.status === 'failed') return `${title}  failed: ${printable(report.reason ?? '')}`;
  if (report.status === 'done') return `${title}  done`;
  return report.total === undefined ? title : `${title}  ${report.done ?? 0}/${report.total}`;
}

function warningText({ kind, since, message }: Warning, color: boolean): string {
  const title = `warning: ${kind} since step ${String(since)}`;
  return `${color ? `\u001b[33m${title}\u001b[39m` : title}: ${message}`;
}
