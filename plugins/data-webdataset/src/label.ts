import { CarlError, type PartReader } from '@carl-ssl/core';
import type { Sample } from './samples.js';

/** Where labels are, and their limit. */
export interface LabelRules {
  /** Suffix of the entry. */
  readonly label: string;
  /** Key in an entry of JSON. */
  readonly labelKey?: string;
  readonly classes?: number;
}

/** Longest label entry that is read. */
const MOST_BYTES = 2 ** 20;

/** Reads the label of a sample. @throws CarlError INPUT_DATA naming archive and sample */
export async function readLabel(
  path: string,
  file: PartReader,
  { sample, rules }: { readonly sample: Sample; readonly rules: LabelRules },
): Promise<number> {
  const { label: suffix, labelKey, classes } = rules;
  const refuse = (problem: string): CarlError =>
    new CarlError(
      'INPUT_DATA',
      `${path} has the sample "${sample.key}" ${problem}. Correct the archive or the options \`label\`, \`labelKey\` and \`classes\`.`,
    );
  const part = sample.parts.get(suffix);
  if (!part) throw refuse(`without the entry .${suffix}`);
  if (part.length > MOST_BYTES) throw refuse(`whose .${suffix} has ${part.length} bytes, too many for a label`);
  const text = Buffer.from(await file.read(part))
    .toString('utf8')
    .trim();
  const isJson = suffix === 'json' || suffix.endsWith('.json');
  const value = isJson ? jsonValue(text, labelKey) : text;
  if (value === undefined) throw refuse(`whose .${suffix}, at byte ${part.start}, ${withoutKey(text, labelKey)}`);
  if (!/^\d{1,9}$/.test(value))
    throw refuse(`whose .${suffix}, at byte ${part.start}, has no class number: "${value.slice(0, 40)}"`);
  const label = Number(value);
  if (classes !== undefined && label >= classes)
    throw refuse(`with label ${label}; with ${classes} classes, labels are 0 to ${classes - 1}`);
  return label;
}

/** Value of a key as text, without a key of the whole; undefined if it has none. */
function jsonValue(text: string, key?: string): string | undefined {
  const content = parsed(text);
  if (key === undefined) return isObject(content) ? undefined : String(content);
  return isObject(content) && Object.hasOwn(content, key) ? String(content[key]) : undefined;
}

function withoutKey(text: string, key?: string): string {
  const content = parsed(text);
  if (!isObject(content)) return `is no JSON object with the key "${key}"`;
  const keys = Object.keys(content).join(', ').slice(0, 200);
  return key === undefined
    ? `has several values; \`labelKey\` is one of its keys: ${keys}`
    : `has no key "${key}". Its keys: ${keys}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** The content; empty text for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return '';
  }
}
