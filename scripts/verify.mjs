/**
 * Runs all checks of this repository; a failed one does not stop the others. The last line is `N passed, N
 * failed`: tests and golden cases, and every step that failed without a failed test.
 */
import { existsSync } from 'node:fs';
import { installTensorflow } from './install-tensorflow.mjs';
import { carl, program } from './program.mjs';
import { record, say } from './steps.mjs';
import { goldenCounts, mochaCounts, resultOf, summaryLines } from './summary.mjs';

const CASES = 'test/golden/cases';
const REPORTER = './scripts/test-reporter.cjs';
/** Kinds of cases that run in float32 here; most of the others do in the tests. In float64 all kinds run. */
const FLOAT32_KINDS = ['assigner', 'optimizer'];

/** SwiftShader of Debian's chromium, for the tests of WebGPU. */
const CHROMIUM = '/usr/lib/chromium';
const SWIFT_SHADER = { VK_DRIVER_FILES: `${CHROMIUM}/vk_swiftshader_icd.json`, LD_LIBRARY_PATH: CHROMIUM };

const results = [];

/** Runs a step, prints its output and keeps its result; `counts` reads passed, failed and skipped tests from the output. */
async function step(name, command, { env = {}, counts } = {}) {
  say(`\n=== ${name}`);
  return keep(name, await record(command, { env, print: true }), counts);
}

/** Runs a step beside others and prints its output when it has ended. */
async function quietStep(name, command, { env, counts } = {}) {
  const recorded = await record(command, { env });
  say(`\n=== ${name}\n${recorded.output}`);
  return keep(name, recorded, counts);
}

function keep(name, recorded, counts) {
  const result = resultOf(name, recorded, counts);
  results.push(result);
  return result.ok;
}

async function golden(backend, kind, env) {
  const only = kind === undefined ? [] : ['--only', kind];
  const on = backend === undefined ? [] : ['--backend', backend];
  const name = ['golden cases', kind, 'on', backend ?? 'float64'].filter(Boolean).join(' ');
  await quietStep(name, carl('golden', CASES, ...on, ...only), { env, counts: goldenCounts });
}

async function tests(tensorflow) {
  await step('tests', [...program('mocha'), '--parallel', '--jobs', '2', '--reporter', REPORTER, 'test/**/*.test.ts'], {
    env: tensorflow ? { CI_TENSORFLOW: 'required' } : {},
    counts: mochaCounts,
  });
}

async function goldenCases(tensorflow) {
  await golden();
  for (const backend of tensorflow ? ['wasm', 'tensorflow'] : ['wasm'])
    for (const kind of FLOAT32_KINDS) await golden(backend, kind);
  if (existsSync(SWIFT_SHADER.VK_DRIVER_FILES))
    for (const kind of FLOAT32_KINDS) await golden('webgpu', kind, SWIFT_SHADER);
  else say('\nGolden cases are not run on WebGPU: SwiftShader is not installed (apt-get install chromium).');
}

async function checkSources() {
  for (const project of ['test', 'test/types', 'benchmarks'])
    await quietStep(`types of ${project}`, [...tsc, '-p', project]);
  await quietStep('lint', [...program('eslint'), '.']);
  await quietStep('format', [...program('prettier'), '--check', '--log-level', 'warn', '.']);
  await quietStep('spelling', [...program('cspell'), '--no-progress', '--quiet', '.']);
  await quietStep('unused code', program('knip'));
  await quietStep('documentation site', [process.execPath, 'scripts/docs.mjs']);
}

const tsc = program('typescript', 'tsc');
const built = await step('build', [...tsc, '-b']);
// The checks, and after them the golden cases, run beside the tests.
const checks = checkSources();
if (built) {
  const tensorflow = await installTensorflow();
  await Promise.all([tests(tensorflow), checks.then(() => goldenCases(tensorflow))]);
}
await checks;

say('\n=== summary');
for (const line of summaryLines(results)) say(line);
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
