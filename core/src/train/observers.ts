import type { Observer, RunStatus } from '../contracts/observer.js';
import { ObserverQueue, type QueueLimits } from './observer-queue.js';

type Hook = Exclude<keyof Observer, 'close' | 'name'>;
type EventOf<H extends Hook> = Parameters<NonNullable<Observer[H]>>[0];

export interface NamedObserver {
  readonly name: string;
  readonly observer: Observer;
}

/** The capacity is enough for a few seconds of steps and needs little memory. */
const LIMITS: QueueLimits = { capacity: 64, patience: 30_000 };

/**
 * All observers of a run. Each has a queue of its own: a slow observer delays neither the others nor, up to the capacity of
 * its queue, the training.
 */
export class Observers {
  readonly #queues: readonly { readonly observer: Observer; readonly queue: ObserverQueue }[];
  #isClosed = false;

  /** @param warn gets one message for each observer that is switched off */
  constructor(observers: readonly NamedObserver[], warn: (message: string) => void, limits: QueueLimits = LIMITS) {
    this.#queues = observers.map(({ name, observer }) => ({
      observer,
      queue: new ObserverQueue(limits, reason => warn(switchedOff(name, reason))),
    }));
  }

  /** Sends an event to every observer; waits only for those whose queue is full. Never rejects. */
  async send<H extends Hook>(hook: H, event: EventOf<H>): Promise<void> {
    await Promise.all(this.#queues.map(async ({ observer, queue }) => push(queue, observer, { hook, event })));
  }

  /** Delivers all events and closes every observer; does nothing the second time. Never rejects. */
  async close(status: RunStatus, error?: unknown): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.all(
      this.#queues.map(async ({ observer, queue }) => queue.finish(() => observer.close?.(status, error))),
    );
  }
}

/** An observer without the hook gets nothing. */
async function push<H extends Hook>(
  queue: ObserverQueue,
  observer: Observer,
  { hook, event }: { readonly hook: H; readonly event: EventOf<H> },
): Promise<void> {
  const hooks = observer as Readonly<Partial<Record<Hook, (event: EventOf<H>) => unknown>>>;
  if (hooks[hook]) await queue.push(() => hooks[hook]?.(event));
}

function switchedOff(name: string, reason: unknown): string {
  return `observer ${name} is switched off: ${reason instanceof Error ? reason.message : String(reason)}`;
}

/** Observers with the name that each gives itself, or its place. */
export function namedObservers(observers: readonly Observer[]): readonly NamedObserver[] {
  return observers.map((observer, place) => ({ name: observer.name ?? `number ${place + 1}`, observer }));
}
