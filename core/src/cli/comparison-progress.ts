import type { Observer } from '../contracts/observer.js';
import { printableLine } from '../text/printable.js';
import { canRedraw, duration, redraw } from './terminal.js';

/** What a process that works on a comparison reports. `share` is the finished part of its present run, 0 to 1. */
export type ComparisonEvent =
  | { readonly kind: 'start'; readonly title: string }
  | { readonly kind: 'progress'; readonly share: number; readonly text: string }
  | { readonly kind: 'end'; readonly path: string };

const BAR = 20;
/** Share of a run that its training counts for; the rest is its evaluation. */
const TRAINING = 0.8;
/** Milliseconds between two events of progress. */
const INTERVAL = 200;
/** Milliseconds between two lines where no line can be replaced. */
const LINE_INTERVAL = 30_000;

/** Turns the events of a run into those of the comparison, a few a second. */
export function comparisonObserver(send: (event: ComparisonEvent) => void, warn: (line: string) => void): Observer {
  let last = 0;
  const progress = (share: number, text: string): void => {
    const now = performance.now();
    if (now - last < INTERVAL) return;
    last = now;
    send({ kind: 'progress', share, text });
  };
  return {
    name: 'progress',
    onStep: ({ step, steps, epoch, epochs, loss }) =>
      progress((TRAINING * step) / steps, `epoch ${epoch}/${epochs}  loss ${loss.toFixed(3)}`),
    onEvaluation: ({ evaluator, subject, number, count, done = 0, total = 1 }) =>
      progress(
        TRAINING + ((1 - TRAINING) * (number - 1 + done / total)) / count,
        `evaluator ${number}/${count}  ${printableLine(`${evaluator}, ${subject}`)}`,
      ),
    onWarning: ({ kind, since, message }) => warn(`warning: ${kind} since step ${since}: ${message}`),
  };
}

interface Present {
  readonly title: string;
  readonly share: number;
  readonly text: string;
}

/**
 * Progress of a whole comparison, evaluations included, over all processes that report to it: one moving line on a terminal,
 * otherwise a line for each run that starts and one now and then.
 */
export class ComparisonProgress {
  readonly #ended: Set<string>;
  readonly #present = new Map<number, Present>();
  readonly #start = performance.now();
  readonly #from: number;
  #printed = performance.now();

  /** @param paths all runs, and those of them that have ended already */
  constructor(
    private readonly stream: NodeJS.WriteStream,
    private readonly paths: { readonly all: readonly string[]; readonly ended: readonly string[] },
  ) {
    this.#ended = new Set(paths.ended);
    this.#from = this.#ended.size / paths.all.length;
  }

  /** Shows an event of a process by its number. */
  show(event: ComparisonEvent, job = 0): void {
    if (event.kind === 'end') {
      this.#ended.add(event.path);
      this.#present.delete(job);
    } else if (event.kind === 'start') {
      this.#present.set(job, { title: event.title, share: 0, text: '' });
      const number = Math.min(this.paths.all.length, this.#ended.size + this.#present.size);
      this.line(`[${number}/${this.paths.all.length}] ${event.title}`);
    } else {
      const present = this.#present.get(job);
      if (present) this.#present.set(job, { ...present, share: event.share, text: event.text });
    }
    this.#draw();
  }

  /** Removes what a process worked on, because it ended. */
  remove(job: number): void {
    this.#present.delete(job);
  }

  /** Writes a line that stays. */
  line(text: string): void {
    this.stream.write(`${canRedraw(this.stream) ? '\r\u001b[2K' : ''}${text}\n`);
  }

  /** Clears the moving line. */
  close(): void {
    if (canRedraw(this.stream)) redraw(this.stream, '');
  }

  #draw(): void {
    if (this.#present.size === 0) return;
    if (canRedraw(this.stream)) {
      redraw(this.stream, this.#text());
      return;
    }
    const now = performance.now();
    if (now - this.#printed < LINE_INTERVAL) return;
    this.#printed = now;
    this.stream.write(`${this.#text()}\n`);
  }

  #text(): string {
    const present = [...this.#present.values()];
    const { all } = this.paths;
    const done = Math.min(1, (this.#ended.size + present.reduce((sum, { share }) => sum + share, 0)) / all.length);
    const seconds = (performance.now() - this.#start) / 1000;
    const left = done > this.#from ? `  ${duration((seconds * (1 - done)) / (done - this.#from))} left` : '';
    const filled = Math.floor(BAR * done);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`;
    const [first] = present;
    const detail =
      present.length === 1
        ? `${first.title}  ${first.text}`
        : present.map(({ title, share }) => `${title} ${Math.floor(100 * share)}%`).join('; ');
    return `${this.#ended.size}/${all.length} runs ${bar} ${Math.floor(100 * done)}%${left}  ${detail}`;
  }
}
