/**
 * Runs all checks of this repository in sequence; a failed one does not stop the others. The last line is `N passed, N
 * failed`: tests and golden cases, and every step that failed without a failed test.
 */
import { existsSync } from 'node:fs';
import { installTensorflow } from './install-tensorflow.mjs';
import { carl, program } from './program.mjs';
import { record, say } from './steps.mjs';
import { goldenCounts, mochaCounts, resultOf, summaryLines } from './summary.mjs';

const CASES = 'test/golden/cases';
/** Kinds of cases that run in float32 here; most of the others do in the tests. In float64 all kinds run. */
const FLOAT32_KINDS = ['assigner', 'optimizer'];

/** SwiftShader of Debian's chromium, for the tests of WebGPU. */
const CHROMIUM = '/usr/lib/chromium';
const SWIFT_SHADER = { VK_DRIVER_FILES: `${CHROMIUM}/vk_swiftshader_icd.json`, LD_LIBRARY_PATH: CHROMIUM };

const results = [];

/** Runs a step and keeps its result; `counts` reads passed, failed and skipped tests from its output. */
async function step(name, command, { env = {}, counts } = {}) {
  say(`\n=== ${name}`);
  const result = resultOf(name, await record(command, env), counts);
  results.push(result);
  return result.ok;
}

async function golden(backend, kind, env) {
  const only = kind === undefined ? [] : ['--only', kind];
  const on = backend === undefined ? [] : ['--backend', backend];
  const name = ['golden cases', kind, 'on', backend ?? 'float64'].filter(Boolean).join(' ');
  await step(name, carl('golden', CASES, ...on, ...only), { env, counts: goldenCounts });
}

async function tests() {
  const tensorflow = await installTensorflow();
  await step('tests', [...program('mocha'), '--reporter', 'dot', 'test/**/*.test.ts'], {
    env: tensorflow ? { CI_TENSORFLOW: 'required' } : {},
    counts: mochaCounts,
  });
  await golden();
  for (const backend of tensorflow ? ['wasm', 'tensorflow'] : ['wasm'])
    for (const kind of FLOAT32_KINDS) await golden(backend, kind);
  if (existsSync(SWIFT_SHADER.VK_DRIVER_FILES))
    for (const kind of FLOAT32_KINDS) await golden('webgpu', kind, SWIFT_SHADER);
  else say('\nGolden cases are not run on WebGPU: SwiftShader is not installed (apt-get install chromium).');
}

const tsc = program('typescript', 'tsc');
const built = await step('build', [...tsc, '-b']);
for (const project of ['test', 'test/types', 'benchmarks']) await step(`types of ${project}`, [...tsc, '-p', project]);
await step('lint', [...program('eslint'), '.']);
await step('format', [...program('prettier'), '--check', '--log-level', 'warn', '.']);
await step('spelling', [...program('cspell'), '--no-progress', '--quiet', '.']);
await step('unused code', program('knip'));
if (built) await tests();

say('\n=== summary');
for (const line of summaryLines(results)) say(line);
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
