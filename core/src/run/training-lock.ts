import { rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { CarlError } from '../errors/carl-error.js';
import { orDiskError } from '../files/atomic.js';
import { readText } from '../files/regular-file.js';

/** The process that trains a run directory. */
interface Occupant {
  readonly process: number;
  readonly host: string;
}

const FILE = 'training.json';
/** Bytes that are read of it. */
const MOST = 4096;

/** Runs work with the training lock of a run directory. @throws CarlError INPUT_RUN if another process of this machine holds it */
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
      `${folder} is being trained by the process ${occupant.process}. Wait until it ends, or stop it; if that process is another program, delete ${file}.`,
    );
  // Left by a killed process.
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
