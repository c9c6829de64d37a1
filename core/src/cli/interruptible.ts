const AGAIN = 'Press Ctrl-C again to stop immediately.';

/**
 * Runs work that the user can interrupt: the first SIGINT or SIGTERM prints the message and aborts the signal, a second
 * SIGINT ends the process.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  message = 'Stopping after this step.',
): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    process.stderr.write(`\n${message} ${AGAIN}\n`);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

/** Runs an evaluation that the user can interrupt. */
export async function interruptibleEvaluation<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return interruptible(work, 'Stopping the evaluation.');
}

/** How the command line runs the training and the evaluation of a session. */
export const interruptibleSession = { train: interruptible, evaluate: interruptibleEvaluation };
