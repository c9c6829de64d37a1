import { rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { CarlError } from '../errors/carl-error.js';
import { orDiskError } from '../files/atomic.js';
import { readText } from '../files/regular-file.js';

/** Which process trains a run directory. */
interface Occupant {
  readonly process: number;
  readonly host: string;
}

const FILE = 'training.json';
/** Bytes that are read of it. */
const MOST = 4096;

/** Runs work on a run directory that no other process of this machine trains meanwhile. @throws CarlError INPUT_RUN if one does */
export async function withTrainingLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const file = join(folder, FILE);
  await enter(file, folder);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function enter(file: string, folder: string): Promise<void> {
  const self = `${JSON.stringify({ process: process.pid, host: hostname() } satisfies Occupant)}\n`;
  const claim = () =>
    writeFile(file, self, { flag: 'wx' }).then(
      () => true,
      (error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
        throw error;
      },
    );
  if (await orDiskError(folder, claim)) return;
  const occupant = await readOccupant(file);
  if (occupant && isAlive(occupant))
    throw new CarlError(
      'INPUT_RUN',
      `${folder} is being trained by the process ${occupant.process}. Wait for its end, or stop it first; if it is another program, delete ${file}.`,
    );
  // What a killed process left.
  await rm(file, { force: true });
  await enter(file, folder);
}

async function readOccupant(file: string): Promise<Occupant | undefined> {
  try {
    return JSON.parse(await readText(file, MOST)) as Occupant;
  } catch {
    return undefined;
  }
}

/** Processes of other machines cannot be seen; one with our own number is from before a restart. */
function isAlive({ process: id, host }: Occupant): boolean {
  if (host !== hostname() || id === process.pid || !Number.isInteger(id)) return false;
  try {
    return process.kill(id, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
