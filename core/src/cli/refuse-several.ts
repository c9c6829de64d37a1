import { setTimeout } from 'node:timers/promises';
import { CarlError } from '../errors/carl-error.js';
import { launchedProcesses, launchedRank } from '../run/launcher.js';
import { ExitStatus } from './exit-status.js';

/** Commands whose processes work together, by what they say to each other or by the folder that they share. */
const TOGETHER: readonly string[] = ['train', 'reproduce', 'compare'];
/** Milliseconds that the first process has to print the message before another one ends, and with it all. */
const PRINTING = 1_000;

/**
 * Refuses a command that `mpirun` or `srun` started several times: all processes would do the same in the same folder.
 * @param name of the command of `carl`
 * @throws CarlError INPUT_ARGUMENT in the first process; ExitStatus 2 in the others
 */
export async function refuseSeveral(name: string): Promise<void> {
  const launched = launchedProcesses();
  if (launched === 1 || TOGETHER.includes(name)) return;
  if (launchedRank() > 0) {
    await setTimeout(PRINTING);
    throw new ExitStatus(2);
  }
  throw new CarlError(
    'INPUT_ARGUMENT',
    `carl ${name} was started in ${launched} processes, which would all do the same work. Start it once, without mpirun or ` +
      'srun -n. Only `carl train`, `carl reproduce` and `carl compare` divide work among processes.',
  );
}
