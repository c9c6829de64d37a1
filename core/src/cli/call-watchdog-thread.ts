import { writeSync } from 'node:fs';
import { Session } from 'node:inspector';
import { constants } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { END, PLACES, type WatchMessage } from './watch-state.js';

/** Program of the thread that watches the main thread: calls of plugins, and signals. */

/** Time for the main thread to end the process itself, in milliseconds. */
const GRACE = 5000;
/** Milliseconds between two looks at the running call. */
const INTERVAL = 1000;
/** Milliseconds in which the main thread handles a signal unless it is blocked. */
const REACTION = 1500;
/** Milliseconds between two signals of one kind that are two wishes: programs pass a signal on that the terminal sent, too. */
const APART = 1000;

const shared = workerData as Int32Array;
const timers = new Map<number, NodeJS.Timeout>();
const names = new Map<number, string>();

parentPort!.on('message', (message: WatchMessage) => {
  if (message.kind === 'limit')
    timers.set(
      message.id,
      setTimeout(() => endProcess(message.message, 2), message.limit),
    );
  else if (message.kind === 'end') {
    clearTimeout(timers.get(message.id));
    timers.delete(message.id);
  } else if (message.kind === 'name') names.set(message.number, message.name);
  else if (message.awaited) signals.start();
  else signals.stop();
});

/** The call that runs, since when, and when it is reported next, in milliseconds. */
let running = { turn: -1, since: 0, reported: 0 };

setInterval(() => {
  const turn = Atomics.load(shared, PLACES.turn);
  const now = performance.now();
  if (turn !== running.turn) running = { turn, since: now, reported: 0 };
  if (Atomics.load(shared, PLACES.call) === 0) return;
  const [age, allowed] = [now - running.since, Atomics.load(shared, PLACES.allowed) * 1000];
  if (age < Math.max(allowed, 2 * running.reported)) return;
  running.reported = age;
  write(`warning: ${runningText()}; press Ctrl-C twice to stop.`);
}, INTERVAL);

/** The call that blocks the main thread: ``\`compute\` of the objective `x` of the plugin `p` has been running for 700 s in step 5``. */
function runningText(): string {
  const name = names.get(Atomics.load(shared, PLACES.call));
  if (name === undefined) return 'a computation is running';
  const step = Atomics.load(shared, PLACES.step);
  const seconds = Math.round((performance.now() - running.since) / 1000);
  const time = Atomics.load(shared, PLACES.turn) === running.turn ? ` for ${seconds} s` : '';
  return `${name} has been running${time}${step > 0 ? ` in step ${step}` : ''}`;
}

/** A watcher of a signal in the event loop of this thread: `process.on` gets signals in the main thread only. */
interface SignalWatcher {
  onsignal: (signal: number) => void;
  start(signal: number): number;
  close(): void;
  unref(): void;
}

class Signals {
  readonly #watched = [constants.signals.SIGINT, constants.signals.SIGTERM, constants.signals.SIGHUP];
  #watchers: readonly SignalWatcher[] = [];
  #first: { readonly signal: number; readonly at: number } | undefined;

  start(): void {
    this.#first = undefined;
    if (this.#watchers.length > 0) return;
    try {
      this.#watchers = this.#watched.map(signal => watcherOf(signal, () => this.#take(signal)));
    } catch {
      // Another version of Node; the main thread alone handles signals.
    }
  }

  stop(): void {
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }

  #take(signal: number): void {
    const now = performance.now();
    const handled = Atomics.load(shared, PLACES.handled);
    if (this.#first === undefined) {
      this.#first = { signal, at: now };
      setTimeout(() => {
        if (Atomics.load(shared, PLACES.handled) === 0)
          write(`\nStopping once this ends: ${runningText()}. Press Ctrl-C again to stop immediately.`);
      }, REACTION);
    } else if (
      signal === constants.signals.SIGINT ||
      (signal === constants.signals.SIGTERM && now - this.#first.at > APART)
    )
      setTimeout(() => {
        if (Atomics.load(shared, PLACES.handled) <= handled)
          endProcess(`\nStopped while ${runningText()}.\n`, 128 + signal);
      }, REACTION);
  }
}

const signals = new Signals();

function watcherOf(signal: number, take: () => void): SignalWatcher {
  process.noDeprecation = true;
  const { binding } = process as unknown as { binding: (name: string) => { readonly Signal: new () => SignalWatcher } };
  const watcher = new (binding.call(process, 'signal_wrap').Signal)();
  watcher.onsignal = take;
  watcher.unref();
  watcher.start(signal);
  return watcher;
}

function write(text: string): void {
  try {
    writeSync(2, `${text}\n`);
  } catch {
    // Nobody reads it.
  }
}

function endProcess(message: string, status: number): void {
  write(message.trimEnd());
  // A thread cannot end the process with a status; the main thread can, even inside an endless loop of JavaScript. Node
  // would add a line about debuggers to standard error, which is therefore closed.
  const session = new Session();
  session.connectToMainThread();
  session.post('Runtime.evaluate', {
    expression: `process.getBuiltinModule('node:fs').closeSync(2), process[Symbol.for('${END}')](${status})`,
  });
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE);
}
