/**
 * Kills one of two workers over MPI during a training, worker 1 and then worker 0, and resumes the run. Prints the seconds until all
 * processes have ended, the exit status, the last lines of the output, and whether the resumed run has the same bytes in its
 * last checkpoint as an uninterrupted one.
 *
 *     node --import tsx benchmarks/scale/kill.ts
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { checkpoints, fresh, LAST, sameResult } from './training.js';
import { ENVIRONMENT, root } from './workers.js';

const folder = mkdtempSync(join(tmpdir(), 'carl-kill-'));

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
}

function start(args: readonly string[]): Started {
  const command = ['-n', '2', '--bind-to', 'none', process.execPath, join(root, 'core/bin/carl.js'), 'train'];
  const child = spawn('mpirun', [...command, ...args, '--no-report'], {
    env: ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (output += String(data)));
  return { child, output: () => output };
}

async function trainedToEnd(args: readonly string[]): Promise<void> {
  const { child, output } = start(args);
  const [status] = (await once(child, 'close')) as [number];
  if (status !== 0) throw new Error(`status ${status}\n${output()}`);
}

/** Process of a worker among the children of mpirun. */
function processOf(mpirun: number, rank: number): number {
  const children = readFileSync(`/proc/${mpirun}/task/${mpirun}/children`, 'utf8').trim().split(' ').map(Number);
  const found = children.find(child =>
    readFileSync(`/proc/${child}/environ`, 'utf8').split('\0').includes(`OMPI_COMM_WORLD_RANK=${rank}`),
  );
  if (found === undefined) throw new Error(`there is no worker ${rank}`);
  return found;
}

async function kill(rank: number, whole: string): Promise<void> {
  const run = join(folder, `killed-${rank}`);
  const { child, output } = start(fresh(run));
  while (!checkpoints(run).length) {
    if (child.exitCode !== null) throw new Error(output());
    await setTimeout(10);
  }
  const before = performance.now();
  process.kill(processOf(child.pid!, rank), 'SIGKILL');
  const [status] = (await once(child, 'close')) as [number];
  const seconds = (performance.now() - before) / 1000;
  const step = checkpoints(run).at(-1);
  await trainedToEnd(['--resume', run]);
  const same = sameResult(whole, run);
  process.stdout.write(
    `worker ${rank} killed: all ended after ${seconds.toFixed(1)} s, status ${status}, at ${step}\n`,
  );
  process.stdout.write(`${output().trim().split('\n').slice(-8).join('\n')}\n`);
  process.stdout.write(`resumed to ${LAST}: ${same ? 'the same bytes' : 'other bytes'} as without the interruption\n`);
  if (!same || status === 0) process.exitCode = 1;
}

try {
  const whole = join(folder, 'whole');
  await trainedToEnd(fresh(whole));
  for (const rank of [1, 0]) await kill(rank, whole);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
