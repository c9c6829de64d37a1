import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { JsonSchema } from '../plugin/json-schema.js';
import type { SchemaWalker, Shape } from '../schema/walk.js';
import { asComponent, useOf, type Entry, type MappingNode, type Node } from './node.js';

/** A pipeline with every component in its long form and every path absolute, as the strict schema takes it. */
export function normalise(root: MappingNode, walker: SchemaWalker): MappingNode {
  return normalNode(root, walker.root, walker) as MappingNode;
}

function normalNode(written: Node, schema: JsonSchema, walker: SchemaWalker): Node {
  const node = walker.slotOf(schema) === undefined ? written : asComponent(written);
  const concrete = walker.concrete(schema, shapeOfNode(node));
  if (node.kind === 'scalar') return concrete['x-path'] ? absolute(node) : node;
  const inner = (key: string | number, value: Node) => {
    const child = walker.child(concrete, key);
    return child ? normalNode(value, child, walker) : value;
  };
  if (node.kind === 'list') return { ...node, items: node.items.map((item, index) => inner(index, item)) };
  const entries = [...node.entries].map(([key, entry]) => [key, { ...entry, value: inner(key, entry.value) }] as const);
  return { ...node, entries: new Map<string, Entry>(entries) };
}

/** Paths start from the folder of the file they are written in; `~` is the user's home. */
function absolute(node: Node & { kind: 'scalar' }): Node {
  if (typeof node.value !== 'string' || node.value === '') return node;
  const value = node.value.replace(/^~(?=$|[/\\])/, homedir());
  return { ...node, value: resolve(node.place.source.folder, value) };
}

/** The shape of a written value. */
export function shapeOfNode(node: Node): Shape {
  if (node.kind === 'list') return { type: 'array' };
  const use = useOf(node);
  if (node.kind === 'mapping') return { type: 'object', ...(use !== undefined && { use }) };
  return { type: node.value === null ? 'null' : (typeof node.value as Shape['type']) };
}
