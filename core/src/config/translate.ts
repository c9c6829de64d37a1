import type { SchemaError } from '../schema/validator.js';
import type { JsonSchema } from '../plugin/json-schema.js';
import { closestValue, listed } from '../text/closest.js';
import { describeNode } from './describe.js';
import { diagnose, type DiagnosticContent, type Diagnostic } from './diagnostic.js';
import { locate } from './locate.js';
import { entryAt, pathText, type MappingNode, type Node, type Path } from './node.js';
import type { Place } from './source.js';
import { describeSchema, literal, rangeText } from '../schema/describe.js';

/** An error of the validator with the text that it is about. */
export interface Fault {
  readonly error: SchemaError;
  readonly schema: JsonSchema;
  readonly path: Path;
  /** Node as written; undefined for a value that came from a default. */
  readonly node?: Node;
  readonly place: Place;
  /** `trainer.epochs` in backticks, or `The pipeline`. */
  readonly name: string;
}

/** Finds the node that an error is about. */
export function faultOf(error: SchemaError, root: MappingNode): Fault {
  const path = pointerPath(error.instancePath);
  const node = entryAt(root, path)?.value;
  const name = path.length === 0 ? 'The pipeline' : `\`${pathText(path)}\``;
  return {
    error,
    schema: error.parentSchema ?? {},
    path,
    ...(node && { node }),
    place: locate(root, path),
    name,
  };
}

/** A JSON pointer as a path. */
function pointerPath(pointer: string): Path {
  const steps = pointer.split('/').slice(1);
  return steps.map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The diagnostic for an error about a single value; errors about keys and components are handled elsewhere. */
export function valueDiagnostic(fault: Fault): Diagnostic {
  const complain = fault.node ? (COMPLAINTS[fault.error.keyword] ?? otherComplaint) : defaultComplaint;
  return diagnose(fault.place, { ...complain(fault), path: fault.path });
}

/** An error about a default: the schema contradicts itself. */
function defaultComplaint({ name, error }: Fault): DiagnosticContent {
  const message = `${name} is not given, and its default ${literal(error.data)} breaks its own schema: it ${ruleText(error)}.`;
  return { code: 'PLUGIN_BROKEN', message, remedy: "The plugin's author must fix this." };
}

const COMPLAINTS: Readonly<Record<string, (fault: Fault) => DiagnosticContent>> = {
  type: typeComplaint,
  anyOf: unionComplaint,
  minimum: rangeComplaint,
  maximum: rangeComplaint,
  exclusiveMinimum: rangeComplaint,
  exclusiveMaximum: rangeComplaint,
  multipleOf: rangeComplaint,
  enum: allowedComplaint,
  const: allowedComplaint,
  minLength: textLengthComplaint,
  maxLength: textLengthComplaint,
  pattern: patternComplaint,
  minItems: listLengthComplaint,
  maxItems: listLengthComplaint,
  additionalItems: listLengthComplaint,
  uniqueItems: duplicateComplaint,
};

function typeComplaint({ node, schema, name }: Fault): DiagnosticContent {
  if (!node) return { code: 'TYPE_WRONG', message: `${name} is missing.` };
  const wanted = describeSchema(schema);
  const value = node.kind === 'scalar' ? node.value : undefined;
  if (value === null) return { code: 'VALUE_NULL', message: `${name} has no value; it must be ${wanted}.` };
  const types = [schema.type].flat();
  if (typeof value === 'number' && types.some(type => type === 'number' || type === 'integer'))
    return numberComplaint(value, name);
  return {
    code: 'TYPE_WRONG',
    message: `${name} must be ${wanted}, not ${describeNode(node)}.`,
    ...typeRemedy(node, types),
  };
}

function numberComplaint(value: number, name: string): DiagnosticContent {
  if (!Number.isFinite(value))
    return { code: 'NUMBER_NOT_FINITE', message: `${name} must be a finite number, not ${literal(value)}.` };
  const remedy = `Write ${Math.floor(value)} or ${Math.ceil(value)}.`;
  return { code: 'NUMBER_NOT_WHOLE', message: `${name} must be a whole number, not ${value}.`, remedy };
}

/** For unions whose alternatives share a type. Other unions are selected by type, and the error is that of the alternative. */
function unionComplaint(fault: Fault): DiagnosticContent {
  const alternatives = (fault.schema.anyOf ?? []).map(one => one.type);
  const type =
    fault.node?.kind === 'mapping' ? 'object' : fault.node?.kind === 'list' ? 'array' : typeof fault.error.data;
  if (!alternatives.includes(type)) return typeComplaint(fault);
  if (type === 'number') {
    const message = `${fault.name} is ${literal(fault.error.data)}; it must be ${describeSchema(fault.schema)}.`;
    return { code: 'NUMBER_RANGE', message };
  }
  return {
    code: 'VALUE_INVALID',
    message: `${fault.name} must have one of these forms: ${describeSchema(fault.schema)}.`,
  };
}

/** Advice for values that are written as in other formats. */
function typeRemedy(node: Node, types: readonly unknown[]): { remedy: string } | undefined {
  if (types.includes('array') && node.kind === 'scalar')
    return { remedy: `A list is written \`[${literal(node.value)}]\`.` };
  if (types.includes('array') && node.kind === 'mapping')
    return { remedy: 'Put `- ` before each entry to make it a list.' };
  if (types.includes('object') && node.kind === 'list') return { remedy: 'Remove the dashes to make it a mapping.' };
  if (node.kind !== 'scalar') return undefined;
  const text = node.value;
  if (types.includes('string') && types.length === 1)
    return { remedy: `Put it in quotes to make it text: \`"${String(text)}"\`.` };
  if (typeof text !== 'string') return undefined;
  if (types.includes('boolean')) return booleanRemedy(text);
  if (!types.includes('number') && !types.includes('integer')) return undefined;
  if (text.trim() !== '' && Number.isFinite(Number(text)))
    return { remedy: node.quoted ? `Remove the quotes: ${text}` : `Write ${Number(text)}.` };
  const bare = text.replaceAll(/[_']/g, '').replace(/^(-?\d+),(\d+)$/, '$1.$2');
  if (Number.isFinite(Number(bare)) && bare !== '') return { remedy: `Write ${bare}.` };
  const percent = /^(-?[\d.]+) ?%$/.exec(text)?.[1];
  return percent === undefined ? undefined : { remedy: `Write ${Number(percent) / 100}.` };
}

function booleanRemedy(text: string): { remedy: string } | undefined {
  if (/^(yes|on|y|true)$/i.test(text)) return { remedy: 'Write true without quotes.' };
  return /^(no|off|n|false)$/i.test(text) ? { remedy: 'Write false without quotes.' } : undefined;
}

function rangeComplaint({ error, schema, name }: Fault): DiagnosticContent {
  if (schema.maximum === Number.MAX_SAFE_INTEGER && error.keyword === 'maximum') {
    return { code: 'NUMBER_RANGE', message: `${name} is too large; it must be at most ${Number.MAX_SAFE_INTEGER}.` };
  }
  return { code: 'NUMBER_RANGE', message: `${name} is ${literal(error.data)}; it must be ${rangeText(schema)}.` };
}

function allowedComplaint({ error, schema, name, node }: Fault): DiagnosticContent {
  const allowed = 'const' in schema ? [schema.const] : (schema.enum ?? []);
  const texts = allowed.filter(value => typeof value === 'string');
  const near = typeof error.data === 'string' ? closestValue(error.data, texts) : undefined;
  const all = `Allowed: ${allowed.map(value => (typeof value === 'string' ? value : literal(value))).join(', ')}.`;
  const remedy = near ? `Did you mean \`${near}\`? ${all}` : all;
  if (node?.kind === 'scalar' && node.value === null)
    return { code: 'VALUE_NULL', message: `${name} has no value.`, remedy };
  return { code: 'VALUE_NOT_ALLOWED', message: `${name} cannot be ${literal(error.data)}.`, remedy };
}

function textLengthComplaint({ error, schema, name }: Fault): DiagnosticContent {
  if (error.data === '') return { code: 'TEXT_LENGTH', message: `${name} is empty.` };
  const most =
    error.keyword === 'maxLength' ? `at most ${String(schema.maxLength)}` : `at least ${String(schema.minLength)}`;
  return { code: 'TEXT_LENGTH', message: `${name} has ${String(error.data).length} characters; it must have ${most}.` };
}

function patternComplaint({ error, schema, name }: Fault): DiagnosticContent {
  const remedy = `It must match ${String(schema.pattern)}.${schema.description ? ` ${schema.description}` : ''}`;
  return { code: 'TEXT_PATTERN', message: `${name} cannot be ${literal(error.data)}.`, remedy };
}

function listLengthComplaint({ error, schema, name }: Fault): DiagnosticContent {
  const { limit } = error.params as { limit: number };
  const length = (error.data as readonly unknown[]).length;
  const most = Array.isArray(schema.items) ? 'exactly' : error.keyword === 'minItems' ? 'at least' : 'at most';
  return {
    code: 'LIST_LENGTH',
    message: `${name} has ${length} ${length === 1 ? 'entry' : 'entries'}; it must have ${most} ${limit}.`,
  };
}

function duplicateComplaint({ error, name }: Fault): DiagnosticContent {
  const { i, j } = error.params as { i: number; j: number };
  return {
    code: 'LIST_DUPLICATE',
    message: `The entries ${Math.min(i, j)} and ${Math.max(i, j)} of ${name} are the same.`,
  };
}

function otherComplaint({ error, name }: Fault): DiagnosticContent {
  return { code: 'VALUE_INVALID', message: `${name} ${ruleText(error)}.` };
}

/** The validator's own message, for rules without a message of ours. */
function ruleText({ message = 'is not valid' }: SchemaError): string {
  return message.replace('must NOT', 'must not').replace('properties', 'keys');
}

/** Advice for a missing or unknown component: the available names. */
export function choices(slot: string, uses: readonly string[]): string {
  if (uses.length === 0) return `No loaded plugin has any ${slot}.`;
  return `Components for ${slot}: ${listed(uses, 'and')}.`;
}
