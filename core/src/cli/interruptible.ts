import { endAtSecondSignal, signalHandled } from './call-watchdog.js';
import { ExitStatus } from './exit-status.js';

const AGAIN = 'Press Ctrl-C again to stop immediately.';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Milliseconds from the first signal to a SIGTERM that ends the process: `timeout` and others send one signal twice. */
const APART = 1000;

/**
 * Runs work that the user can interrupt: the first SIGINT, SIGTERM or SIGHUP prints the message and aborts the signal; a second
 * SIGINT, or a later SIGTERM, ends the process, also while the main thread is blocked. A closed terminal may send SIGHUP
 * several times.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  message = 'Stopping after this step.',
): Promise<T> {
  const controller = new AbortController();
  let first = 0;
  const stop = (signal: NodeJS.Signals): void => {
    signalHandled();
    if (controller.signal.aborted) {
      if (signal === 'SIGINT') process.exit(130);
      if (signal === 'SIGTERM' && performance.now() - first > APART) process.exit(143);
      return;
    }
    first = performance.now();
    controller.abort();
    process.stderr.write(`\n${message} ${AGAIN}\n`);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  const unwatch = endAtSecondSignal();
  try {
    return await work(controller.signal);
  } finally {
    unwatch();
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}

/**
 * Runs work of which nothing is kept when the user interrupts it.
 * @throws ExitStatus 130 after an interruption
 */
export async function allOrNothing<T>(work: (signal: AbortSignal) => Promise<T>, message?: string): Promise<T> {
  return interruptible(async signal => {
    try {
      return await work(signal);
    } catch (error) {
      throw signal.aborted ? new ExitStatus(130) : error;
    }
  }, message);
}

/** Runs an evaluation that the user can interrupt. */
export async function interruptibleEvaluation<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return interruptible(work, 'Stopping the evaluation.');
}

/** How the command line runs the training and the evaluation of a session. */
export const interruptibleSession = { train: interruptible, evaluate: interruptibleEvaluation };
