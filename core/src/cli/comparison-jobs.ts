import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ComparisonEvent, ComparisonProgress } from './comparison-progress.js';
import { interruptible } from './interruptible.js';

const PROGRAM = fileURLToPath(new URL('../../bin/carl.js', import.meta.url));

/** Environment variable with the number of a job, from 1, in the processes that {@link runJobs} starts. */
const JOB = 'CARL_COMPARE_JOB';

/** True in a process that works for another one, which prints the table. */
export function isJob(): boolean {
  return process.env[JOB] !== undefined && process.send !== undefined;
}

/** Sends an event to the process that started this job. */
export function sendToStarter(event: ComparisonEvent): void {
  if (process.connected) process.send?.(event);
}

/** Ends this job as Ctrl-C would, once the process that started it is gone. */
export function followStarter(): void {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
}

/**
 * Starts processes that work on a comparison together, each with the arguments of this one, and waits for them. The first
 * Ctrl-C stops each after its step; the second ends them.
 * @returns false after an interruption
 */
export async function runJobs(count: number, args: readonly string[], progress: ComparisonProgress): Promise<boolean> {
  let isInterrupted = false;
  const said: JobLine = { progress, isStopping: () => isInterrupted };
  const children = Array.from({ length: count }, (_, i) => startJob(i + 1, args, said));
  const end = (): void => children.forEach(({ child }) => void child.kill('SIGKILL'));
  process.once('exit', end);
  const stop = (signal: AbortSignal) =>
    signal.addEventListener(
      'abort',
      () => {
        isInterrupted = true;
        children.forEach(({ child }) => void child.kill('SIGTERM'));
      },
      { once: true },
    );
  await interruptible(async signal => {
    stop(signal);
    await Promise.all(children.map(({ ended }) => ended));
  }, 'Stopping all jobs after their steps.');
  process.off('exit', end);
  return !isInterrupted;
}

/** Where jobs are shown, and whether they were asked to end. */
interface JobLine {
  readonly progress: ComparisonProgress;
  readonly isStopping: () => boolean;
}

/** The plugins are trusted: this process has loaded them. A group of its own, so that Ctrl-C in a terminal reaches the starter only. */
function startJob(job: number, args: readonly string[], { progress, isStopping }: JobLine) {
  const child: ChildProcess = fork(PROGRAM, ['--trust', ...args], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, [JOB]: String(job) },
  });
  child.on('message', event => progress.show(event as ComparisonEvent, job));
  createInterface({ input: child.stderr! }).on('line', line => {
    if (line !== '') progress.line(`job ${job}: ${line}`);
  });
  const ended = new Promise<void>(resolve => {
    child.on('error', error => progress.line(`job ${job}: ${error.message}`));
    child.on('close', (code, signal) => {
      progress.remove(job);
      if (signal !== null && !isStopping()) progress.line(`job ${job} ended by ${signal}`);
      else if (signal === null && code !== 0 && code !== 130) progress.line(`job ${job} ended with status ${code}`);
      resolve();
    });
  });
  return { child, ended };
}
