/** Runs work that can be asked to stop: the first SIGINT or SIGTERM aborts the signal, a second SIGINT ends the process. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    process.stderr.write('\nstopping after this step; once more to stop at once\n');
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

/** Runs work that has nothing to save: SIGINT or SIGTERM says in words what to do now and ends the process. */
export async function untilInterrupted<T>(advice: string, work: () => Promise<T>): Promise<T> {
  const end = (): void => {
    process.stderr.write(`\ninterrupted; ${advice}\n`);
    process.exit(130);
  };
  process.on('SIGINT', end).on('SIGTERM', end);
  try {
    return await work();
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
  }
}

/** How the command line runs the training and the evaluation of a session. */
export const interruptibleSession = {
  train: interruptible,
  evaluate: <T>(run: string, work: () => Promise<T>): Promise<T> =>
    untilInterrupted(`the training is complete; evaluate it with: carl evaluate ${run}`, work),
};
