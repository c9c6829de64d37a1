import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { CarlError } from '../errors/carl-error.js';
import { makeFolders, orDiskError } from '../files/atomic.js';
import { readClaimant, renew, renewedAt, runs, thisProcess } from './claim.js';
import type { RunDirectory } from './run-directory.js';

/**
 * Only one process can train a run or write its results, only one can write a file of results, and only one of those that
 * work on a comparison together can have a run of it. Each process first writes
 * its own lock file (a claim), then checks for others, so of two that start at once at least one sees the other. A claim is
 * renewed every two seconds, which distinguishes a process in another container or on another machine from one that was killed.
 */

/** What a process does with the files that it claims. */
export type Activity = 'training' | 'evaluation';

/** The files that one process claims: the name of a claim is `<name>-<hex>.json` in the folder. */
interface Claimed {
  readonly folder: string;
  readonly name: string;
  /** Path of the run or of the file, for messages. */
  readonly subject: string;
  readonly activity: Activity;
}

const BEAT = 2_000;
/** Age in milliseconds from which a claim is stale if its process is not visible from here. */
const STALE = 20_000;
const ATTEMPTS = 4;

/** File names of the claims of this process. */
const held = new Set<string>();

/** Another process works on a run, or writes the same file of results. */
export class RunInUseError extends CarlError {
  /** Activity of that process. */
  readonly activity: Activity;

  constructor(subject: string, file: string) {
    const claimant = readClaimant(file);
    const who = claimant ? `the process ${claimant.process} on ${claimant.host}` : 'another process';
    const activity = claimant?.activity === 'evaluation' ? 'evaluation' : 'training';
    super(
      'INPUT_RUN',
      `${subject} is being ${VERBS[activity]} by ${who}. Wait until it ends, or stop it; if that process does not exist, delete ${file}.`,
    );
    this.activity = activity;
  }
}

const VERBS: Readonly<Record<Activity, string>> = { training: 'trained', evaluation: 'evaluated' };

/** Runs work with the lock of a run directory. @throws RunInUseError if another process holds it; CarlError DISK */
export async function withTrainingLock<T>(
  run: RunDirectory,
  work: () => Promise<T>,
  activity: Activity = 'training',
): Promise<T> {
  return withClaim({ folder: run.path, name: 'training', subject: run.path, activity }, async claim => {
    run.claim = claim;
    try {
      return await work();
    } finally {
      run.claim = undefined;
    }
  });
}

/** Runs work that writes a file of results, in a folder that is made if it does not exist. @throws RunInUseError if another process writes it; CarlError DISK */
export async function withResultsLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const [folder, name] = [dirname(file), `${basename(file, '.json')}.claim`];
  await makeFolders(folder);
  return withClaim({ folder, name, subject: file, activity: 'evaluation' }, work);
}

/**
 * Runs work that makes, continues or evaluates a run which several processes share, with a claim beside the run directory: it
 * also covers the time before the directory exists and between training and evaluation.
 * @throws RunInUseError if another process holds it; CarlError DISK
 */
export async function withRunClaim<T>(path: string, work: () => Promise<T>): Promise<T> {
  const { folder, name } = besideRun(path);
  await makeFolders(folder);
  return withClaim({ folder, name, subject: path, activity: 'training' }, work);
}

/** Whether a process makes, trains or evaluates a run, which need not exist yet, as far as can be seen without writing. */
export async function isRunInUse(path: string): Promise<boolean> {
  const { folder, name } = besideRun(path);
  return (existsSync(folder) && (await hasLivingClaim(folder, name))) || (existsSync(path) && isBeingTrained(path));
}

function besideRun(path: string): Pick<Claimed, 'folder' | 'name'> {
  return { folder: dirname(path), name: `${basename(path)}.claim` };
}

async function withClaim<T>(claimed: Claimed, work: (claim: string) => Promise<T>): Promise<T> {
  const claim = await enter(claimed);
  const heartbeat = startHeartbeat(claim);
  try {
    return await work(claim);
  } finally {
    await heartbeat.terminate();
    await leave(claim);
  }
}

/** Whether a process trains a run, or writes its own results, as far as can be seen without writing to its folder. */
export async function isBeingTrained(folder: string): Promise<boolean> {
  return hasLivingClaim(folder, 'training');
}

async function hasLivingClaim(folder: string, name: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true });
  const claims = entries.filter(entry => entry.isFile() && isClaim(entry.name, name));
  return claims.some(entry => {
    const file = join(folder, entry.name);
    const claimant = readClaimant(file);
    return (claimant && runs(claimant)) ?? Date.now() - (renewedAt(file) ?? 0) < STALE;
  });
}

async function enter({ folder, name, subject, activity }: Claimed): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const claim = join(folder, `${name}-${randomBytes(6).toString('hex')}.json`);
    held.add(basename(claim));
    try {
      const claimant = { ...thisProcess(), activity };
      await orDiskError(folder, () => writeFile(claim, `${JSON.stringify(claimant)}\n`, { flag: 'wx' }));
      const other = await livingClaim(claim, name);
      if (other === undefined) return claim;
      if (attempt === ATTEMPTS) throw new RunInUseError(subject, other);
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

/** The claim of another process on the same files. Removes stale claims. */
async function livingClaim(own: string, name: string): Promise<string | undefined> {
  const folder = dirname(own);
  const others = (await readdir(folder)).filter(file => isClaim(file, name) && file !== basename(own));
  for (const file of others.map(other => join(folder, other))) {
    if (await isAlive(file, own)) return file;
    await rm(file, { force: true });
  }
  return undefined;
}

function isClaim(file: string, name: string): boolean {
  return file.startsWith(name) && /^(?:-[0-9a-f]+)?\.json$/.test(file.slice(name.length));
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
