import { resolve } from 'node:path';
import { skeleton, type Pipeline } from '../schema/skeleton.js';
import { validatorOf } from '../schema/validator.js';
import { SchemaWalker } from '../schema/walk.js';
import { checkRequirements } from './check.js';
import { listComponents } from './components.js';
import { checkCreation } from './creation.js';
import { diagnose, type Diagnostic } from './diagnostic.js';
import { readDocument } from './extend.js';
import { deepFreeze } from './freeze.js';
import { absolutePlugins, loadListed, type ListedPlugins } from './listed-plugins.js';
import { plain, type MappingNode } from './node.js';
import { normalise } from './normalise.js';
import { originOf } from './origin.js';
import { applySets } from './override.js';
import { schemaDiagnostics } from './schema-diagnostics.js';
import type { Source } from './source.js';
import { inOrder, PipelineError, refuseErrors } from './pipeline-error.js';
import type { LoadedPipeline } from './loaded-pipeline.js';

export interface LoadOptions {
  /** `a.b=c`, as `--set` takes them; paths in them are relative to `cwd`. */
  readonly set?: readonly string[];
  readonly seed?: number;
  readonly backend?: string;
  /** Folder that `file` is relative to and that messages shorten paths by. */
  readonly cwd?: string;
}

/** Reads, overrides, validates and completes a pipeline, and checks that its components have what they require. @throws PipelineError with everything that is wrong at once */
export async function loadPipeline(file: string, options: LoadOptions = {}): Promise<LoadedPipeline> {
  const cwd = resolve(options.cwd ?? process.cwd());
  const read = await readDocument(file, cwd, isComponentKey);
  if (!read.root || !read.complete) throw new PipelineError(inOrder(read.diagnostics));
  const overridden = override(read.root, cwd, options);
  const listed = await loadListed(overridden.root);
  const { catalogue } = listed;
  const walker = new SchemaWalker(validatorOf(catalogue).schema);
  const document = normalise(absolutePlugins(overridden.root), walker);
  const value = plain(document) as object;
  const problems = [...read.diagnostics, ...overridden.diagnostics, ...listed.diagnostics];
  const complete = listed.diagnostics.length === 0;
  refuseErrors(
    withoutEchoes(problems, await schemaDiagnostics({ root: document, value, walker, catalogue, complete })),
  );
  const pipeline = deepFreeze(value) as Pipeline;
  const checked = { pipeline, catalogue, document };
  refuseErrors([...checkRequirements(checked), ...checkCreation(checked)]);
  const warnings = unusedPlugins(pipeline, listed);
  return {
    pipeline,
    catalogue,
    document,
    warnings,
    ...filesOf(read.sources),
    origin: path => originOf(pipeline, document, path),
  };
}

/** Keys of a pipeline that hold one component. */
function isComponentKey(key: string): boolean {
  const properties: Readonly<Record<string, object>> = skeleton.properties;
  return Object.hasOwn(properties, key) && 'x-slot' in (properties[key] ?? {});
}

function override(
  root: MappingNode,
  folder: string,
  { set = [], seed, backend }: LoadOptions,
): ReturnType<typeof applySets> {
  const diagnostics: Diagnostic[] = [];
  let result = root;
  const apply = (option: string, sets: readonly string[]) => {
    const applied = applySets(result, sets, { option, folder, isComponent: isComponentKey });
    result = applied.root;
    diagnostics.push(...applied.diagnostics);
  };
  apply('--set', set);
  if (seed !== undefined) apply('--seed', [`seed=${seed}`]);
  if (backend !== undefined) apply('--backend', [`backend=${backend}`]);
  return { root: result, diagnostics };
}

/** What follows from an error that was told about the same place is not told again; nor is the same thing twice. */
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

function unusedPlugins(pipeline: object, { catalogue, places }: ListedPlugins): readonly Diagnostic[] {
  const used = new Set(
    listComponents(pipeline, catalogue).map(({ component }) => component && catalogue.owner(component)),
  );
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
