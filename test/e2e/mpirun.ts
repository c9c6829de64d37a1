import { spawnSync } from 'node:child_process';
import { skipped } from '../skipped.js';
import { program } from './cli.js';

/** Skips the tests of a suite where processes cannot be started by `mpirun`. */
export function needsMpirun(context: Mocha.Context): void {
  for (const needed of ['mpicc', 'mpirun'])
    if (spawnSync(needed, ['--version']).error)
      skipped(context, `there is no ${needed} (apt-get install openmpi-bin libopenmpi-dev)`);
}

/** Milliseconds after which workers that wait for each other forever are ended. */
const HUNG = 60_000;

/** Runs the real command line in one process for each list of arguments, as workers that `mpirun` started together. */
export function mpirun(cwd: string, workers: readonly (readonly string[])[]) {
  const commands = workers.map(words => ['-n', '1', process.execPath, program, ...words]);
  const args = ['--oversubscribe', ...commands.flatMap((words, i) => (i === 0 ? words : [':', ...words]))];
  const env = { ...process.env, OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' };
  return spawnSync('mpirun', args, { cwd, env, encoding: 'utf8', timeout: HUNG });
}
