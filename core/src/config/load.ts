import { wirePipeline } from '../container/root.js';
import type { Collective } from '../contracts/collective.js';
import { builtinSlots } from '../contracts/slots.js';
import type { Catalogue, LoadedPlugin } from '../plugin/catalogue.js';
import { resolve } from 'node:path';
import type { Pipeline } from '../schema/skeleton.js';
import { validatorOf } from '../schema/validator.js';
import { SchemaWalker } from '../schema/walk.js';
import { checkRequirements } from './check.js';
import { listComponents, type PlacedComponent } from './components.js';
import { checkCreation, checkRefusals } from './creation.js';
import { diagnose, type Diagnostic } from './diagnostic.js';
import { readDocument, type Document } from './extend.js';
import { deepFreeze } from './freeze.js';
import { absolutePlugins, loadListed, type ListedPlugins, type PluginFolders } from './listed-plugins.js';
import { plain, type MappingNode } from './node.js';
import { missingWeights } from './missing-weights.js';
import { normalise } from './normalise.js';
import { originOf, pathOf } from './origin.js';
import { applySets, changeOf, composedOf, type Change, type GivenValue } from './override.js';
import { repeatedKeys } from './repeated-keys.js';
import { schemaDiagnostics } from './schema-diagnostics.js';
import type { Source } from './source.js';
import { settleSwaps } from './swapped-options.js';
import { inOrder, PipelineError, refuseErrors } from './pipeline-error.js';
import type { LoadedPipeline } from './loaded-pipeline.js';

export interface LoadOptions {
  /** Changes `a.b=c`, as for `--set`; paths in them are relative to `cwd`. */
  readonly set?: readonly Change[];
  readonly seed?: number;
  readonly backend?: string;
  /** File of initial weights, as for `--weights`; relative to `cwd`. */
  readonly weights?: string;
  /** Of the worker that runs the pipeline; one worker with the complete batch by default. */
  readonly collective?: Collective;
  /** Folders of the plugins a run was trained with, by name; others are looked up from the pipeline's folder. */
  readonly pluginFolders?: PluginFolders;
  /** Names of components that are used beside the pipeline, whose plugins of this project are loaded too. */
  readonly uses?: readonly string[];
  /** Folder that `file` is relative to and that messages shorten paths by. */
  readonly cwd?: string;
}

/**
 * Reads, overrides, validates and completes a pipeline, wires its components and creates each once. A run directory's
 * `pipeline.json` is loaded in the same way.
 * @throws PipelineError with all errors at once
 */
export async function loadPipeline(file: string, options: LoadOptions = {}): Promise<LoadedPipeline> {
  return loadDocument(await readDocument(file, folderOf(options), isComponentKey), options);
}

/** Loads a pipeline that is made of values of the command line, as if they were written in a file. @throws PipelineError */
export async function loadValues(values: readonly GivenValue[], options: LoadOptions = {}): Promise<LoadedPipeline> {
  const composed = composedOf(values, { folder: folderOf(options), isComponent: isComponentKey });
  return loadDocument({ ...composed, sources: [], complete: composed.diagnostics.length === 0 }, options);
}

function folderOf({ cwd = process.cwd() }: LoadOptions): string {
  return resolve(cwd);
}

async function loadDocument(read: Document, options: LoadOptions): Promise<LoadedPipeline> {
  const cwd = folderOf(options);
  if (!read.root || !read.complete) throw new PipelineError(inOrder(read.diagnostics));
  const overridden = override(read.root, cwd, options);
  const listed = await loadListed(overridden.root, options);
  const { catalogue } = listed;
  const walker = new SchemaWalker(validatorOf(catalogue).schema);
  const settled = settleSwaps(absolutePlugins(overridden.root), walker, catalogue);
  const document = normalise(settled.root, walker);
  const value = plain(document) as object;
  const problems = [...read.diagnostics, ...overridden.diagnostics, ...listed.diagnostics];
  const complete = listed.diagnostics.length === 0;
  const found = schemaDiagnostics({ root: document, value, walker, catalogue, complete });
  refuseWithWeights(withoutEchoes(problems, found), document);
  const wired = wire(deepFreeze(value) as Pipeline, { catalogue, document }, options.collective);
  return {
    ...wired,
    plugins: usedPlugins(wired.components, listed),
    warnings: [...settled.warnings, ...unusedPlugins(wired.components, listed)],
    ...filesOf(read.sources),
    origin: path => originOf(wired.pipeline, document, path),
  };
}

/** Lists the components, wires them, and checks that each can be created. @throws PipelineError */
function wire(
  pipeline: Pipeline,
  parts: Pick<LoadedPipeline, 'catalogue' | 'document'>,
  collective: Collective | undefined,
) {
  const components = listComponents(pipeline, parts.catalogue);
  const checked = { ...parts, pipeline, components };
  const services = wirePipeline(pipeline, parts.catalogue, collective);
  const problems = [...checkRequirements(checked), ...checkRefusals(checked)];
  const refused = problems.map(({ path }) => pathOf(path));
  refuseWithWeights([...problems, ...checkCreation({ ...checked, services }, refused)], parts.document);
  return { ...checked, services };
}

/** Reports initial weights that are not there together with other errors; without these, they are an error only where they are read. */
function refuseWithWeights(diagnostics: readonly Diagnostic[], document: MappingNode): void {
  const isRefused = diagnostics.some(({ severity }) => severity === 'error');
  refuseErrors(isRefused ? [...diagnostics, ...missingWeights(document)] : diagnostics);
}

const COMPONENT_KEYS: ReadonlySet<string> = new Set(
  builtinSlots.flatMap(({ keys = [] }) => keys.filter(({ many }) => !many).map(({ key }) => key)),
);

/** Keys of a pipeline that hold one component. */
export function isComponentKey(key: string): boolean {
  return COMPONENT_KEYS.has(key);
}

function override(
  root: MappingNode,
  folder: string,
  { set = [], seed, backend, weights }: LoadOptions,
): ReturnType<typeof applySets> {
  const diagnostics: Diagnostic[] = [];
  let result = root;
  const apply = (option: string, sets: readonly string[]) => {
    const applied = applySets(result, sets, { option, folder, isComponent: isComponentKey });
    result = applied.root;
    diagnostics.push(...applied.diagnostics);
  };
  const changes = set.map(changeOf);
  diagnostics.push(...repeatedKeys(changes, isComponentKey));
  for (const { option, text } of changes) apply(option, [text]);
  if (seed !== undefined) apply('--seed', [`seed=${seed}`]);
  if (weights !== undefined) apply('--weights', [`initialWeights=${JSON.stringify(weights)}`]);
  if (backend !== undefined) apply('--backend', [`backend=${backend}`]);
  return { root: result, diagnostics };
}

/** Drops errors caused by an earlier error at the same place, and duplicates. */
function withoutEchoes(first: readonly Diagnostic[], later: readonly Diagnostic[]): readonly Diagnostic[] {
  const at = ({ file, line, column, frame }: Diagnostic) =>
    `${file}:${line}:${column} ${file.startsWith('--') ? frame : ''}`;
  const told = new Set(first.map(at));
  const same = (a: Diagnostic, b: Diagnostic) => at(a) === at(b) && a.message === b.message;
  return [
    ...first,
    ...later.filter((one, index) => !told.has(at(one)) && later.findIndex(other => same(one, other)) === index),
  ];
}

/** Plugins of the components, and all listed plugins. */
function usedPlugins(
  components: readonly PlacedComponent[],
  { catalogue, places }: ListedPlugins,
): readonly LoadedPlugin[] {
  const used = ownersOf(components, catalogue);
  return catalogue.plugins.filter((plugin, i) => i === 0 || used.has(plugin) || places.has(plugin));
}

function ownersOf(components: readonly PlacedComponent[], catalogue: Catalogue): ReadonlySet<unknown> {
  return new Set(components.map(({ component }) => component && catalogue.owner(component)));
}

function unusedPlugins(
  components: readonly PlacedComponent[],
  { catalogue, places }: ListedPlugins,
): readonly Diagnostic[] {
  const used = ownersOf(components, catalogue);
  const unused = [...places].filter(([plugin]) => !used.has(plugin));
  return unused.map(([{ name }, node]) =>
    diagnose(node.place, {
      code: 'PLUGIN_UNUSED',
      severity: 'warning',
      message: `No component of \`${name}\` is used.`,
      remedy: 'Remove it from `plugins`, or use one of its components.',
      path: ['plugins'],
    }),
  );
}

function filesOf(sources: readonly Source[]): { source: string; files: readonly string[] } {
  return { source: sources[0]?.text ?? '', files: sources.flatMap(({ path }) => (path === undefined ? [] : [path])) };
}
