import { randomBytes } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { CarlError } from '../errors/carl-error.js';
import { orDiskError } from '../files/atomic.js';
import { readClaimant, renew, renewedAt, runs, thisProcess } from './claim.js';
import type { RunDirectory } from './run-directory.js';

/**
 * Only one process can train a run. Each process first writes its own lock file (a claim) to the run directory, then checks
 * for others, so of two that start at once at least one sees the other. A claim is renewed every two seconds, which
 * distinguishes a process in another container or on another machine from one that was killed.
 */

const BEAT = 2_000;
/** Age in milliseconds from which a claim is stale if its process is not visible from here. */
const STALE = 20_000;
const ATTEMPTS = 4;
const CLAIM = /^training(?:-[0-9a-f]+)?\.json$/;

/** File names of the claims of this process. */
const held = new Set<string>();

/** Another process works on a run. */
export class RunInUseError extends CarlError {
  constructor(folder: string, file: string) {
    const claimant = readClaimant(file);
    const who = claimant ? `the process ${claimant.process} on ${claimant.host}` : 'another process';
    super(
      'INPUT_RUN',
      `${folder} is being trained by ${who}. Wait until it ends, or stop it; if that process does not exist, delete ${file}.`,
    );
  }
}

/** Runs work with the training lock of a run directory. @throws RunInUseError if another process holds it */
export async function withTrainingLock<T>(run: RunDirectory, work: () => Promise<T>): Promise<T> {
  const claim = await enter(run.path);
  const heartbeat = startHeartbeat(claim);
  run.claim = claim;
  try {
    return await work();
  } finally {
    run.claim = undefined;
    await heartbeat.terminate();
    await leave(claim);
  }
}

/** Whether a process trains a run, as far as can be seen without writing to its folder. */
export async function isBeingTrained(folder: string): Promise<boolean> {
  const claims = (await readdir(folder)).filter(name => CLAIM.test(name)).map(name => join(folder, name));
  return claims.some(file => {
    const claimant = readClaimant(file);
    return (claimant && runs(claimant)) ?? Date.now() - (renewedAt(file) ?? 0) < STALE;
  });
}

async function enter(folder: string): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const claim = join(folder, `training-${randomBytes(6).toString('hex')}.json`);
    held.add(basename(claim));
    try {
      await orDiskError(folder, () => writeFile(claim, `${JSON.stringify(thisProcess())}\n`, { flag: 'wx' }));
      const other = await livingClaim(folder, claim);
      if (other === undefined) return claim;
      if (attempt === ATTEMPTS) throw new RunInUseError(folder, other);
    } catch (error) {
      await leave(claim);
      throw error;
    }
    await leave(claim);
    // Two processes that start at once may both withdraw.
    await setTimeout(100 * Math.random());
  }
}

async function leave(claim: string): Promise<void> {
  held.delete(basename(claim));
  await rm(claim, { force: true });
}

/** The claim of another process that trains the run. Removes stale claims. */
async function livingClaim(folder: string, own: string): Promise<string | undefined> {
  const names = (await readdir(folder)).filter(name => CLAIM.test(name) && name !== basename(own));
  for (const file of names.map(name => join(folder, name))) {
    if (await isAlive(file, own)) return file;
    await rm(file, { force: true });
  }
  return undefined;
}

async function isAlive(file: string, own: string): Promise<boolean> {
  if (held.has(basename(file))) return true;
  const claimant = readClaimant(file);
  const living = claimant && runs(claimant);
  if (living && claimant.process === process.pid) return false;
  return living ?? isRenewed(file, own);
}

/** Waits until a claim is renewed, removed or stale. All times are those of the disk of the run, not of this machine. */
async function isRenewed(file: string, own: string): Promise<boolean> {
  const first = renewedAt(file);
  for (;;) {
    renew(own);
    const [now, other] = [renewedAt(own), renewedAt(file)];
    if (other === undefined || now === undefined) return false;
    if (other !== first) return true;
    if (now - other > STALE) return false;
    await setTimeout(BEAT / 8);
  }
}

function startHeartbeat(file: string): Worker {
  const thread = new Worker(new URL('./heartbeat-thread.js', import.meta.url), {
    workerData: { file, milliseconds: BEAT },
    execArgv: [],
  });
  thread.unref();
  thread.on('error', () => undefined);
  return thread;
}
