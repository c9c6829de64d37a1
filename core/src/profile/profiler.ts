import type { Network } from '../train/network.js';
import { watchOperations } from './operations.js';
import type { Spans } from '../train/spans.js';
import { timedNetwork } from './timed-network.js';

/** Something that took time: a part of the loop or of the step, or an operation of the backend. Times in ms. */
export interface Timed {
  readonly kind: 'part' | 'operation';
  readonly name: string;
  readonly start: number;
  readonly milliseconds: number;
}

/** Steps that are let pass, since the first ones compile and allocate. */
const WARM_UP = 2;

/** Times some steps of a training. Computes nothing: results are the same to the last bit. */
export class Profiler implements Spans {
  readonly events: Timed[] = [];
  /** Steps that were timed. */
  steps = 0;
  #seen = 0;
  #unwatch: (() => void) | undefined;
  #open: { readonly name: string; readonly start: number } | undefined;

  /** @param limit steps to time */
  constructor(private readonly limit: number) {}

  /** The network to train in place of the given one. */
  network(network: Network): Network {
    return timedNetwork(network, { span: (name, work) => this.span(name, work), until: name => this.#until(name) });
  }

  span<T>(name: string, work: () => T): T {
    this.#closeOpen();
    const start = performance.now();
    const done = (): void => {
      this.#closeOpen();
      this.#note('part', name, start);
      if (name === 'step') this.#countStep();
    };
    const result = work();
    if (result instanceof Promise) return result.finally(done) as T;
    done();
    return result;
  }

  /** Stops timing, also after an error. */
  close(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  #countStep(): void {
    if (this.#unwatch) this.steps += 1;
    this.#seen += 1;
    if (this.#seen === WARM_UP)
      this.#unwatch = watchOperations((name, start, milliseconds) =>
        this.events.push({ kind: 'operation', name, start, milliseconds }),
      );
    if (this.steps === this.limit) this.close();
  }

  #until(name: string): void {
    this.#open = { name, start: performance.now() };
  }

  #closeOpen(): void {
    if (this.#open) this.#note('part', this.#open.name, this.#open.start);
    this.#open = undefined;
  }

  #note(kind: Timed['kind'], name: string, start: number): void {
    if (this.#unwatch) this.events.push({ kind, name, start, milliseconds: performance.now() - start });
  }
}
