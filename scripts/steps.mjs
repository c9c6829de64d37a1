import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('..', import.meta.url));

export const say = line => {
  process.stdout.write(`${line}\n`);
};

/** Runs a program in the root of the repository, on this terminal. Ctrl-C is left to the program. Returns its exit status. */
export async function run([program, ...args]) {
  const wait = () => undefined;
  process.on('SIGINT', wait);
  const status = await statusOf(spawn(program, args, { cwd, stdio: 'inherit' }));
  process.off('SIGINT', wait);
  return status;
}

/** Runs a program in the root of the repository. Returns its output, which is also printed on request, its exit status and duration. */
export async function record([program, ...args], { env = {}, print = false } = {}) {
  const started = Date.now();
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ])
    from.on('data', chunk => {
      output += chunk;
      if (print) to.write(chunk);
    });
  return { status: await statusOf(child), output, seconds: (Date.now() - started) / 1000 };
}

function statusOf(child) {
  return new Promise(done => child.on('error', () => done(127)).on('close', code => done(code ?? 1)));
}
