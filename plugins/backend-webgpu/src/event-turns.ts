/**
 * Dawn's turns of the event loop. It looks for finished work of the GPU in a callback that it gives `setImmediate`, so
 * nothing that was asked for arrives before the running code has ended. This keeps the last such callback, for code that
 * has to wait on the spot.
 */
let next: (() => void) | undefined;

/** True while turns are taken here: what is then scheduled need not wait for the event loop too. */
let waiting = false;

let followed = false;

/** Sees from now on the callbacks that native code gives to `setImmediate`; all others pass untouched. */
export function followTurns(): void {
  if (followed) return;
  followed = true;
  globalThis.setImmediate = new Proxy(globalThis.setImmediate, {
    apply: (original, self, args: unknown[]) => {
      if (!isNative(args)) return Reflect.apply(original, self, args) as NodeJS.Immediate;
      const turn = once(args[0]);
      return waiting ? undefined : original(turn);
    },
  });
}

/** Turns taken without a pause, and the pause between later ones in milliseconds: the processor may be what computes. */
const EAGER = 100;
const PAUSE = 0.1;

const clock = new Int32Array(new SharedArrayBuffer(4));

/**
 * Takes turns until `done`.
 * @throws Error when there is none to take
 */
export function turnUntil(done: () => boolean): void {
  waiting = true;
  try {
    for (let turns = 0; !done(); turns++) {
      if (!next) throw new Error('WebGPU gives no sign that work it has is being done');
      next();
      if (turns > EAGER) Atomics.wait(clock, 0, 0, PAUSE);
    }
  } finally {
    waiting = false;
    if (next) setImmediate(next);
  }
}

/** Runs in its own time or in {@link turnUntil}, whichever comes first: twice would start a second chain of callbacks. */
function once(run: () => void): () => void {
  let taken = false;
  const turn = () => {
    if (taken) return;
    taken = true;
    if (next === turn) next = undefined;
    run();
  };
  next = turn;
  return turn;
}

/** Called by a C++ addon, as Dawn does: one function without a name and source. */
function isNative(args: readonly unknown[]): args is [() => void] {
  const [run] = args;
  return args.length === 1 && typeof run === 'function' && run.name === '' && String(run).includes('[native code]');
}
