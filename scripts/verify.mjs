/**
 * All checks of this repository, one after the other; a failing one does not stop the rest. The last line is
 * `N passed, N failed`: tests and golden cases, and as failed also every step that failed as a whole.
 */
import { existsSync } from 'node:fs';
import { bin, carl, record, say } from './steps.mjs';
import { installTensorflow } from './install-tensorflow.mjs';

const CASES = 'test/golden/cases';
/** Kinds that run in float32 here; most others do in the tests, and without a backend all run in float64. */
const FLOAT32_KINDS = ['assigner', 'optimizer'];

/** SwiftShader of Debian's chromium, on which WebGPU is tried. */
const CHROMIUM = '/usr/lib/chromium';
const SWIFT_SHADER = { VK_DRIVER_FILES: `${CHROMIUM}/vk_swiftshader_icd.json`, LD_LIBRARY_PATH: CHROMIUM };

const steps = [];

/** Runs a step and remembers it. `count` finds in its output how many tests passed and failed. */
async function step(name, command, { env = {}, count } = {}) {
  say(`\n=== ${name}`);
  const { status, output, seconds } = await record(command, env);
  const counted = count?.(output) ?? { passed: 0, failed: 0 };
  const broken = status !== 0 && counted.failed === 0;
  steps.push({ name, seconds, ok: status === 0, passed: counted.passed, failed: counted.failed + (broken ? 1 : 0) });
  return status === 0;
}

const number = (text, pattern) => Number(pattern.exec(text)?.[1] ?? 0);
const mochaCount = text => ({ passed: number(text, /^ +(\d+) passing/m), failed: number(text, /^ +(\d+) failing/m) });
const goldenCount = text => ({
  passed: number(text, /^(\d+) passed/m),
  failed: number(text, /^\d+ passed, (\d+) failed/m),
});

async function golden(backend, kind, env) {
  const only = kind === undefined ? [] : ['--only', kind];
  const on = backend === undefined ? [] : ['--backend', backend];
  const name = ['golden cases', kind, 'on', backend ?? 'float64'].filter(Boolean).join(' ');
  await step(name, carl('golden', CASES, ...on, ...only), { env, count: goldenCount });
}

async function tests() {
  const tensorflow = await installTensorflow();
  await step('tests', [bin('mocha'), '--reporter', 'dot', 'test/**/*.test.ts'], {
    env: tensorflow ? { CI_TENSORFLOW: 'required' } : {},
    count: mochaCount,
  });
  await golden();
  for (const backend of tensorflow ? ['wasm', 'tensorflow'] : ['wasm'])
    for (const kind of FLOAT32_KINDS) await golden(backend, kind);
  if (existsSync(SWIFT_SHADER.VK_DRIVER_FILES))
    for (const kind of FLOAT32_KINDS) await golden('webgpu', kind, SWIFT_SHADER);
  else say('\nWebGPU is not tried: there is no SwiftShader here (apt-get install chromium).');
}

const built = await step('build', [bin('tsc'), '-b']);
for (const project of ['test', 'test/types', 'benchmarks'])
  await step(`types of ${project}`, [bin('tsc'), '-p', project]);
await step('lint', [bin('eslint'), '.']);
await step('format', [bin('prettier'), '--check', '--log-level', 'warn', '.']);
await step('spelling', [bin('cspell'), '--no-progress', '--quiet', '.']);
if (built) await tests();

const sum = key => steps.reduce((total, one) => total + one[key], 0);
say('\n=== summary');
for (const { name, ok, seconds } of steps)
  say(`${ok ? 'ok    ' : 'FAILED'} ${seconds.toFixed(0).padStart(5)} s  ${name}`);
process.exitCode = steps.every(({ ok }) => ok) ? 0 : 1;
say(`${sum('passed')} passed, ${sum('failed')} failed`);
