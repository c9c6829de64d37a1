/**
 * Workers on separate networks of one machine: each in a network namespace with a host name of its own, so that MPI takes it for a
 * machine, connected by network.c with a delay and a rate. Prints times of exchanges, images per second, and, without `--speed`, what
 * happens when a namespace is cut off. Needs root, a C compiler and Open MPI.
 *
 *     node --import tsx benchmarks/scale/namespaces.ts [--workers 4] [--delay 1] [--rate 1000] [--width 16] [--batch 128] [--speed]
 */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkpoints, fresh, sameResult } from './training.js';
import { ENVIRONMENT, root } from './workers.js';

const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '4' },
    delay: { type: 'string', default: '1' },
    rate: { type: 'string', default: '1000' },
    width: { type: 'string', default: '16' },
    batch: { type: 'string', default: '128' },
    speed: { type: 'boolean', default: false },
  },
});
const WORKERS = Number(values.workers);
const SILENCE = 10;
/** Milliseconds for which mpirun is waited for after the workers have ended. */
const LAUNCHER = 20_000;
const folder = mkdtempSync(join(tmpdir(), 'carl-namespaces-'));
const agent = join(folder, 'agent');
const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const name = (worker: number): string => `carl${worker}`;
const address = (worker: number): string => `10.77.0.${worker + 1}`;
const hosts = (count: number): string => Array.from({ length: count }, (_, i) => `${address(i)}:1`).join(',');
const ip = (...args: readonly string[]): void => void execFileSync('ip', args);

async function connectNamespaces(): Promise<ChildProcess> {
  const program = join(folder, 'network');
  execFileSync('cc', ['-O2', '-o', program, script('network.c')]);
  // Before the workers, which are more than the cores.
  const command = ['-n', '-20', program, values.workers, values.delay, values.rate];
  const network = spawn('nice', command, { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(network.stdout, 'data');
  for (let i = 0; i < WORKERS; i++) {
    ip('netns', 'add', name(i));
    ip('link', 'set', name(i), 'address', `02:00:00:00:00:0${i.toString(16)}`);
    ip('link', 'set', name(i), 'netns', name(i));
    // Large frames, of which the switch can pass on more.
    ip('-n', name(i), 'link', 'set', name(i), 'mtu', '9000');
    ip('-n', name(i), 'address', 'add', `${address(i)}/24`, 'dev', name(i));
    for (const device of ['lo', name(i)]) ip('-n', name(i), 'link', 'set', device, 'up');
  }
  // Stands in for ssh: runs a command in the namespace that has the address, under a host name of its own.
  const inside = 'ip netns exec $name unshare --uts sh -c \'hostname "$0"; exec sh -c "$1"\' $name "$*"';
  writeFileSync(agent, `#!/bin/sh\nname=carl$((\${1##*.} - 1))\nshift\nexec ${inside}\n`);
  chmodSync(agent, 0o755);
  return network;
}

const MCA = {
  plm_rsh_agent: agent,
  btl: 'tcp,self',
  btl_tcp_if_include: '10.77.0.0/24',
  oob_tcp_if_include: '10.77.0.0/24',
};

/** Starts a program of Node.js on the first `count` workers. */
function start(
  count: number,
  args: readonly string[],
): { readonly child: ChildProcess; readonly output: () => string } {
  const mca = Object.entries(MCA).flatMap(([key, value]) => ['--mca', key, value]);
  const launch = ['mpirun', '-n', String(count), '--host', hosts(count), '--bind-to', 'none', ...mca];
  const inside = ['netns', 'exec', name(0), 'unshare', '--uts', 'sh', '-c', `hostname ${name(0)}; exec "$@"`, 'sh'];
  const command = [...inside, ...launch, process.execPath, ...args];
  const child = spawn('ip', command, { cwd: root, env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (output += String(data)));
  return { child, output: () => output };
}

async function run(count: number, args: readonly string[]): Promise<string> {
  const { child, output } = start(count, args);
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`status ${status}\n${output()}`);
  return output();
}

async function measure(count: number): Promise<void> {
  process.stdout.write(await run(count, ['--import', 'tsx', script('exchange.ts')]));
  const settings = ['--width', values.width, '--batch', values.batch, '--folder', join(folder, `rate-${count}`)];
  const output = await run(count, ['--import', 'tsx', script('throughput.ts'), ...settings]);
  process.stdout.write(`${count} workers, width ${values.width}, batch ${values.batch}: ${output.trim()} images/s\n`);
}

/** Cuts the last worker off from the network during a training, and continues it when the network is back. */
async function cut(): Promise<void> {
  const carl = join(root, 'core/bin/carl.js');
  const options = ['--collective', `{ use: mpi, timeout: ${SILENCE} }`, '--no-report'];
  const [whole, broken] = ['whole', 'broken'].map(one => join(folder, one));
  await run(WORKERS, [carl, 'train', ...fresh(whole), ...options]);
  const { child, output } = start(WORKERS, [carl, 'train', ...fresh(broken), ...options]);
  while (checkpoints(broken).length === 0) {
    if (child.exitCode !== null) throw new Error(output());
    await setTimeout(10);
  }
  const before = performance.now();
  const last = name(WORKERS - 1);
  ip('-n', last, 'link', 'set', last, 'down');
  const ended = once(child, 'close') as Promise<[number]>;
  while (running(broken) > 0) await setTimeout(50);
  process.stdout.write(`cut off: no worker runs after ${((performance.now() - before) / 1000).toFixed(1)} s\n`);
  const end = async (within: number): Promise<void> => {
    const [status] = (await Promise.race([ended, setTimeout(within)])) ?? [];
    const seconds = ((performance.now() - before) / 1000).toFixed(1);
    process.stdout.write(
      `mpirun ${status === undefined ? 'still runs' : `ended with status ${status}`} after ${seconds} s\n`,
    );
  };
  await end(LAUNCHER);
  child.kill('SIGTERM');
  await end(10_000);
  child.kill('SIGKILL');
  process.stdout.write(`${output().trim().split('\n').slice(-12).join('\n')}\n`);
  ip('-n', last, 'link', 'set', last, 'up');
  await run(WORKERS, [carl, 'train', '--resume', broken, ...options]);
  process.stdout.write(`resumed: ${sameResult(whole, broken) ? 'the same bytes' : 'other bytes'} as without the cut\n`);
}

/** Number of workers that train in a folder. */
function running(run: string): number {
  const pattern = `^${process.execPath} .*carl.js train .*${run}`;
  return Number(spawnSync('pgrep', ['-fc', pattern], { encoding: 'utf8' }).stdout);
}

let network: ChildProcess | undefined;
try {
  network = await connectNamespaces();
  for (let count = 2; count <= WORKERS; count *= 2) await measure(count);
  if (!values.speed) await cut();
} finally {
  for (let i = 0; i < WORKERS; i++) {
    try {
      ip('netns', 'delete', name(i));
    } catch {
      // It was not made.
    }
  }
  network?.kill();
  rmSync(folder, { recursive: true, force: true });
}
