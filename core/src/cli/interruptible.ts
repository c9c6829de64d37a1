const AGAIN = 'Press Ctrl-C again to stop immediately.';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs work that the user can interrupt: the first SIGINT, SIGTERM or SIGHUP prints the message and aborts the signal, a second
 * SIGINT ends the process. A closed terminal may send SIGHUP several times.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  message = 'Stopping after this step.',
): Promise<T> {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      if (signal === 'SIGINT') process.exit(130);
      return;
    }
    controller.abort();
    process.stderr.write(`\n${message} ${AGAIN}\n`);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}

/** Runs an evaluation that the user can interrupt. */
export async function interruptibleEvaluation<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return interruptible(work, 'Stopping the evaluation.');
}

/** How the command line runs the training and the evaluation of a session. */
export const interruptibleSession = { train: interruptible, evaluate: interruptibleEvaluation };
