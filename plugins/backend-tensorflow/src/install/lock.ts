import { mkdir, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A holder touches its lock this often; one not touched for STALE was left by a process that was killed. Milliseconds. */
const BEAT = 2_000;
const STALE = 20_000;
const POLL = 500;

/** Runs `work` while no other process, on this or another machine, holds the lock; waits for its turn. */
export async function locked<T>(lock: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  for (let waits = 0; !(await acquire(lock)); waits++) {
    if (waits === 0) onWait();
    await sleep(POLL);
  }
  const beat = setInterval(() => void touch(lock), BEAT);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rm(lock, { recursive: true, force: true });
  }
}

/** Making a folder succeeds for one process only, on network file systems too. */
async function acquire(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const touched = await stat(lock).then(
    status => status.mtimeMs,
    () => undefined,
  );
  if (touched !== undefined && Date.now() - touched > STALE) await rm(lock, { recursive: true, force: true });
  return false;
}

async function touch(lock: string): Promise<void> {
  const now = new Date();
  await utimes(lock, now, now).catch(() => undefined);
}
