import type { PluginCall } from '../plugin/plugin-calls.js';
import { printableLine } from '../text/printable.js';
import { PLACES, type WatchMessage } from './watch-state.js';

/** Environment variable with the number of seconds after which a running call is reported. */
const VARIABLE = 'CARL_SLOW_CALL_SECONDS';
const DEFAULT_SECONDS = 600;
/** A call is reported where it takes this many times as long as the longest earlier one. */
const TIMES_LONGER = 10;
/** Calls of one place are one call for the thread; a plugin with more places than this is not tracked further. */
const LARGEST_NUMBER = 10_000;

interface TrackedPlace {
  readonly number: number;
  /** Milliseconds of the longest call. */
  longest: number;
}

interface RunningCall {
  readonly number: number;
  readonly step: number;
  readonly allowed: number;
}

const IDLE: RunningCall = { number: 0, step: 0, allowed: 0 };

/** Writes into shared memory which call of a plugin runs. Cheap: many calls take less than a millisecond. */
export class TrackedCalls {
  readonly #places = new Map<string, TrackedPlace>();
  readonly #seconds = secondsOf(process.env[VARIABLE]);
  #running: RunningCall = IDLE;

  constructor(
    private readonly shared: Int32Array,
    private readonly post: (message: WatchMessage) => void,
  ) {}

  /** Records the start of a call, which may be inside of another, and returns how to record its end. */
  start(call: PluginCall, step = 0): () => void {
    const place = this.#placeOf(call);
    if (place === undefined) return () => undefined;
    const outer = this.#running;
    const allowed = Math.max(this.#seconds, (TIMES_LONGER * place.longest) / 1000);
    this.#write({ number: place.number, step, allowed });
    const start = performance.now();
    return () => {
      place.longest = Math.max(place.longest, performance.now() - start);
      this.#write(outer);
    };
  }

  #write(call: RunningCall): void {
    this.#running = call;
    Atomics.store(this.shared, PLACES.call, call.number);
    Atomics.store(this.shared, PLACES.step, call.step);
    Atomics.store(this.shared, PLACES.allowed, Math.min(call.allowed, 2 ** 31 - 1));
    Atomics.add(this.shared, PLACES.turn, 1);
  }

  #placeOf({ plugin, place }: PluginCall): TrackedPlace | undefined {
    const key = `${plugin}\n${place}`;
    const known = this.#places.get(key);
    if (known || this.#places.size >= LARGEST_NUMBER) return known;
    const made = { number: this.#places.size + 1, longest: 0 };
    this.#places.set(key, made);
    const name = `${printableLine(place)} of the plugin \`${printableLine(plugin)}\``;
    this.post({ kind: 'name', number: made.number, name });
    return made;
  }
}

/** The default for a value that is no positive number. */
function secondsOf(text: string | undefined): number {
  const seconds = Number(text);
  return seconds > 0 ? seconds : DEFAULT_SECONDS;
}
