import type { JsonSchema } from '../plugin/json-schema.js';
import type { MethodCard } from '../plugin/method-card.js';
import type { Catalogue } from '../plugin/catalogue.js';
import type { Pipeline } from '../schema/skeleton.js';
import { validatorOf } from '../schema/validator.js';
import { SchemaWalker, shapeOf } from '../schema/walk.js';
import { CarlError } from '../errors/carl-error.js';
import { closest } from '../text/closest.js';
import { pathText, type Path } from './node.js';
import { pathOf, valueAt, type Origin } from './origin.js';
import { componentSchemas } from '../schema/compose.js';
import { describeSchema, literal } from '../schema/describe.js';
import type { LoadedPipeline } from './loaded-pipeline.js';

/** Value, origin, description and options of one key of a pipeline. Plain data. */
export interface Explanation {
  readonly path: string;
  /** Undefined if it is not set and has no default. */
  readonly value?: unknown;
  readonly origin?: Pick<Origin, 'kind' | 'text'>;
  readonly description?: string;
  /** Description of the values that the key accepts. */
  readonly takes: string;
  readonly default?: unknown;
  /** Description, source and method of the component at this key. */
  readonly component?: { readonly description: string; readonly source?: string; readonly card?: MethodCard };
  readonly inner: readonly Explanation[];
}

/** Explains a key and the keys below it. @throws CarlError INPUT_ARGUMENT for a key that does not exist */
export function explain(loaded: LoadedPipeline, key: string): Explanation {
  const walker = new SchemaWalker(validatorOf(loaded.catalogue).schema);
  const path = pathOf(key);
  const explanation = explainAt({ loaded, walker }, path, schemaAt(walker, loaded.pipeline, path));
  const names = path.at(-1) === 'use' ? namesAt({ loaded, walker }, path.slice(0, -1)) : [];
  if (names.length === 0) return explanation;
  return { ...explanation, description: 'Name of the component.', takes: namesText(names) };
}

function namesText(names: readonly string[]): string {
  return `${names.map(name => literal(name)).join(', ')}; \`carl plugins\` lists those of other packages`;
}

/** Names of the components that a key takes; none if it takes no component. */
function namesAt({ loaded: { catalogue, pipeline }, walker }: Scope, path: Path): readonly string[] {
  const schema = schemaAt(walker, pipeline, path);
  const slot = schema['x-slot'] ?? walker.concrete(schema, shapeOf(valueAt(pipeline, path)))['x-slot'];
  return slot === undefined ? [] : componentSchemas(catalogue, slot).map(([use]) => use);
}

/** Explains all keys of a pipeline that was not loaded, by the schema of the known components. */
export function explainAll(pipeline: Pipeline, catalogue: Catalogue, schema: JsonSchema): readonly Explanation[] {
  const loaded = { pipeline, catalogue, origin: () => undefined };
  return explainAt({ loaded, walker: new SchemaWalker(schema) }, [], schema).inner;
}

/** The parts of a loaded pipeline that explanations need. */
type Explained = Pick<LoadedPipeline, 'pipeline' | 'catalogue' | 'origin'>;

interface Scope {
  readonly loaded: Explained;
  readonly walker: SchemaWalker;
}

function explainAt(scope: Scope, path: Path, schema: JsonSchema): Explanation {
  const { loaded, walker } = scope;
  const key = pathText(path);
  const value = valueAt(loaded.pipeline, path);
  const origin = loaded.origin(key);
  const concrete = walker.concrete(schema, shapeOf(value));
  return {
    path: key,
    ...(value !== undefined && { value }),
    ...(origin && { origin: { kind: origin.kind, text: origin.text } }),
    ...(schema.description !== undefined && { description: schema.description }),
    takes: describeSchema(schema),
    ...(schema.default !== undefined && { default: schema.default }),
    ...componentAt(scope, value, concrete),
    inner: innerKeys(value, concrete).map(name =>
      explainAt(scope, [...path, name], walker.child(concrete, name) ?? {}),
    ),
  };
}

function componentAt({ loaded }: Scope, value: unknown, schema: JsonSchema): Pick<Explanation, 'component'> {
  const slot = schema['x-slot'];
  const use = (value as { use?: string } | undefined)?.use;
  const component = slot && use !== undefined ? loaded.catalogue.get(slot, use) : undefined;
  if (!component) return {};
  const { description, source, card } = component;
  return { component: { description, ...(source !== undefined && { source }), ...(card && { card }) } };
}

/** Keys that are set and keys that could be set; for a list whose entries have keys, the indices. */
function innerKeys(value: unknown, schema: JsonSchema): readonly string[] {
  if (Array.isArray(value)) return value.some(item => typeof item === 'object') ? Object.keys(value) : [];
  if (typeof value !== 'object' || value === null) return [];
  return [...new Set([...Object.keys(schema.properties ?? {}), ...Object.keys(value)])];
}

function schemaAt(walker: SchemaWalker, pipeline: object, path: Path): JsonSchema {
  let schema = walker.root;
  path.forEach((key, depth) => {
    const concrete = walker.concrete(schema, shapeOf(valueAt(pipeline, path.slice(0, depth))));
    const child = walker.child(concrete, key);
    if (!child) throw unknown(path.slice(0, depth + 1), concrete);
    schema = child;
  });
  return schema;
}

function unknown(path: Path, schema: JsonSchema): CarlError {
  const keys = Object.keys(schema.properties ?? {});
  const near = closest(String(path.at(-1)), keys);
  const there = keys.length > 0 ? ` Keys there: ${keys.join(', ')}.` : '';
  const hint = near ? ` Did you mean \`${pathText([...path.slice(0, -1), near])}\`?` : there;
  return new CarlError('INPUT_ARGUMENT', `There is no key \`${pathText(path)}\` in this pipeline.${hint}`);
}
