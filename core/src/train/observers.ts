import type { Observer, RunStatus } from '../contracts/observer.js';
import { callPlugin } from '../plugin/plugin-calls.js';
import { pluginFault } from '../plugin/plugin-error.js';
import { messageOf } from '../text/message-of.js';
import { ObserverQueue, type QueueLimits } from './observer-queue.js';

type Hook = Exclude<keyof Observer, 'close' | 'name'>;
type EventOf<H extends Hook> = Parameters<NonNullable<Observer[H]>>[0];

export interface NamedObserver {
  readonly name: string;
  /** Plugin from outside this project that it comes from. */
  readonly plugin?: string;
  readonly observer: Observer;
}

/** The capacity is enough for a few seconds of steps and needs little memory. */
const LIMITS: QueueLimits = { capacity: 64, patience: 30_000 };

interface ObserverLine {
  readonly named: NamedObserver;
  readonly queue: ObserverQueue;
}

/**
 * All observers of a run. Each has a queue of its own: a slow observer delays neither the others nor, up to the capacity of
 * its queue, the training.
 */
export class Observers {
  readonly #lines: readonly ObserverLine[];
  #isClosed = false;

  /** @param warn gets one message for each observer that is switched off */
  constructor(observers: readonly NamedObserver[], warn: (message: string) => void, limits: QueueLimits = LIMITS) {
    this.#lines = observers.map(named => ({
      named,
      queue: new ObserverQueue(limits, reason => warn(switchedOff(named, reason))),
    }));
  }

  /** Sends an event to every observer; waits only for those whose queue is full. Never rejects. */
  async send<H extends Hook>(hook: H, event: EventOf<H>): Promise<void> {
    await Promise.all(
      this.#lines.map(async line => {
        const observer = line.named.observer as Readonly<Partial<Record<Hook, (event: EventOf<H>) => unknown>>>;
        if (hasHook(line, hook)) await line.queue.push(() => callObserver(line, hook, () => observer[hook]?.(event)));
      }),
    );
  }

  /** Delivers all events and closes every observer; does nothing the second time. Never rejects. */
  async close(status: RunStatus, error?: unknown): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.all(
      this.#lines.map(async line =>
        line.queue.finish(() => callObserver(line, 'close', () => line.named.observer.close?.(status, error))),
      ),
    );
  }
}

/** An observer without the hook gets nothing. */
function hasHook({ named, queue }: ObserverLine, hook: Hook): boolean {
  try {
    return named.observer[hook] !== undefined;
  } catch (error) {
    queue.fail(error);
    return false;
  }
}

/** Milliseconds that an observer of a plugin may block the thread. It cannot be switched off meanwhile, so the process ends. */
const BLOCKING_LIMIT = 60_000;

/** The observer of a plugin is also switched off by errors that it throws later. */
function callObserver(
  { named: { name, plugin }, queue }: ObserverLine,
  hook: Hook | 'close',
  run: () => unknown,
): unknown {
  if (plugin === undefined) return run();
  const place = `\`${hook}\` of the observer \`${name}\``;
  return callPlugin({ plugin, place, limit: BLOCKING_LIMIT, onLateError: error => queue.fail(error) }, run);
}

function switchedOff({ name, plugin }: NamedObserver, reason: unknown): string {
  const text = `observer ${name} is switched off: ${messageOf(reason)}`;
  return plugin === undefined ? text : `${text}. ${pluginFault(plugin)}`;
}

/** Observers with the name that each gives itself, or its place. */
export function namedObservers(observers: readonly Observer[]): readonly NamedObserver[] {
  return observers.map((observer, place) => ({ name: observer.name ?? `number ${place + 1}`, observer }));
}
