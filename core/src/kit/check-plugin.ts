import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { activateBackend } from '../backend/activate.js';
import { listBackends } from '../backend/list.js';
import { independentName } from '../catalogue/find.js';
import { builtinPlugin, loadFirstParty, withBackends } from '../catalogue/load.js';
import { componentsOf, createRoot } from '../container/root.js';
import { runGolden } from '../golden/run-golden.js';
import { createCatalogue, type Catalogue, type LoadedPlugin } from '../plugin/catalogue.js';
import type { Component } from '../plugin/define.js';
import { plainSchema, type JsonSchema } from '../plugin/json-schema.js';
import { failureText } from '../plugin/plugin-error.js';
import { checkPipelines, clashProblems, manifestProblems, type BrokenRule } from './check-package.js';
import { contractOf, type Clause, type Trials } from './contract.js';

/** Result of checking a plugin. Plain data. */
export interface PluginReport {
  readonly name: string;
  readonly version: string;
  readonly path: string;
  /** `slot use` of every component. */
  readonly components: readonly string[];
  /** Backends that components with tensors were checked on. */
  readonly backends: readonly string[];
  /** Number of checks: rules, for every component, its options and backend; golden cases; pipelines. */
  readonly checks: number;
  readonly goldenCases: number;
  readonly pipelines: number;
  readonly broken: readonly BrokenRule[];
}

/** Slots whose components compute with tensors on the active backend. */
const ON_BACKENDS = new Set(['assigner', 'encoder', 'head', 'objective', 'optimizer', 'teacher', 'evaluator']);

/** Milliseconds that a check may take. */
const LIMIT = 120_000;

/** Limits of a check. */
interface Limits {
  /** Backends to check on; by default all that are available. */
  readonly backends?: readonly string[];
  /** Milliseconds for one rule. */
  readonly limit?: number;
}

/** Checks a loaded plugin against the contract: its package, pipelines, golden cases, and its components on every backend. */
export async function checkLoaded(
  loaded: LoadedPlugin,
  { backends: wanted, limit = LIMIT }: Limits = {},
): Promise<PluginReport> {
  const beside = await besideOf(loaded);
  const catalogue = createCatalogue([builtinPlugin(), loaded, ...beside]);
  const pipelines = await checkPipelines(loaded);
  const backends = wanted ?? (await availableBackends(catalogue));
  const trials = trialsOf(loaded, { examples: pipelines.examples, beside: beside.map(one => one.plugin) });
  const rules = await checkOnBackends(loaded, { catalogue, backends, trials, limit });
  const golden = await checkGolden(loaded, catalogue);
  const broken = [
    ...(await manifestProblems(loaded)),
    ...clashProblems(loaded),
    ...pipelines.broken,
    ...rules.broken,
    ...golden.broken,
  ];
  const { version, path, plugin } = loaded;
  return {
    name: independentName(loaded),
    version,
    path,
    components: (plugin.components as readonly Component[]).map(({ slot, use }) => `${slot.name} ${use}`),
    backends,
    checks: rules.count + golden.count + pipelines.files.length,
    goldenCases: golden.count,
    pipelines: pipelines.files.length,
    broken,
  };
}

/** Plugins of this project, if components of them may be nested in options of the plugin, or in its golden cases. */
async function besideOf({ path, plugin }: LoadedPlugin): Promise<readonly LoadedPlugin[]> {
  const options = (plugin.components as readonly Component[]).map(one => JSON.stringify(one.options));
  const isAlone = !options.some(text => text.includes('"x-slot"')) && !existsSync(join(path, 'golden'));
  return isAlone ? [] : (await loadFirstParty()).plugins.slice(1);
}

/** Backends that can compute on this machine, plain JavaScript first. */
async function availableBackends(catalogue: Catalogue): Promise<readonly string[]> {
  const found = await listBackends(await withBackends(catalogue));
  const names = found.filter(({ available }) => available).map(({ name }) => name);
  return ['cpu', ...names.filter(name => name !== 'cpu')];
}

/** Options of pipelines only for components that cannot be created from their defaults: a pipeline may have large ones. */
function trialsOf({ plugin }: LoadedPlugin, { examples = {}, beside = [] }: Trials): Trials {
  const needed = (plugin.components as readonly Component[])
    .filter(({ options }) => needsOptions(plainSchema(options)))
    .map(({ slot, use }) => `${slot.name} ${use}`);
  return { examples: Object.fromEntries(Object.entries(examples).filter(([label]) => needed.includes(label))), beside };
}

function needsOptions({ required = [], properties = {} }: JsonSchema): boolean {
  return required.some(key => properties[key].default === undefined);
}

interface Rules {
  readonly catalogue: Catalogue;
  readonly backends: readonly string[];
  readonly trials: Trials;
  readonly limit: number;
}

async function checkOnBackends(
  { plugin }: LoadedPlugin,
  { catalogue, backends, trials, limit }: Rules,
): Promise<{ readonly count: number; readonly broken: readonly BrokenRule[] }> {
  const broken: BrokenRule[] = [];
  let count = 0;
  for (const [index, backend] of backends.entries()) {
    await activateBackend({ use: backend }, catalogue);
    const clauses = contractOf(plugin, trials).filter(
      ({ component }) => index === 0 || ON_BACKENDS.has(component.split(' ')[0]),
    );
    count += clauses.length;
    for (const clause of clauses) {
      const problems = await problemsOf(clause, limit);
      const { component: subject, options, rule } = clause;
      if (problems.length > 0) broken.push({ subject, ...(options !== '' && { options }), backend, rule, problems });
    }
  }
  if (backends.length > 1) await activateBackend({ use: 'cpu' }, catalogue);
  return { count, broken };
}

/** Problems of one rule; an error is one, and so is a check that does not end. */
async function problemsOf({ check }: Clause, limit: number): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly string[]>(resolve => {
    timer = setTimeout(() => resolve([`the check did not end within ${limit / 1000} s`]), limit);
  });
  return Promise.race([check().catch((error: unknown) => [failureText(error)]), late]).finally(() =>
    clearTimeout(timer),
  );
}

/** Runs the golden cases in the folder `golden` of the package, in float64. */
async function checkGolden(
  { path }: LoadedPlugin,
  catalogue: Catalogue,
): Promise<{ readonly count: number; readonly broken: readonly BrokenRule[] }> {
  const folder = join(path, 'golden');
  if (!existsSync(folder)) return { count: 0, broken: [] };
  const broken: BrokenRule[] = [];
  let count = 0;
  const components = componentsOf(createRoot(catalogue));
  for await (const outcome of runGolden(folder, { catalogue, components, float64: true })) {
    count += 1;
    if (outcome.status === 'passed') continue;
    const subject = `golden/${outcome.kind}/${outcome.name}`;
    broken.push({ subject, rule: 'computes what the golden case expects', problems: [outcome.detail] });
  }
  return { count, broken };
}
