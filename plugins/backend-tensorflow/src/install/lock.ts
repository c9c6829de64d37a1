import { mkdir, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Time between two touches of a held lock, age of an abandoned lock, and time between two attempts; milliseconds. */
const BEAT = 2_000;
const STALE = 20_000;
const POLL = 500;

/** Waits until no other process on any machine holds the lock, then runs `work` while holding it. */
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

/** Creates the lock folder, which succeeds for only one process, also on network file systems. */
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
