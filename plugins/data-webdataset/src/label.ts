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
  const value = suffix === 'json' || suffix.endsWith('.json') ? jsonValue(text, labelKey) : text;
  if (!/^\d{1,9}$/.test(value))
    throw refuse(`whose .${suffix}, at byte ${part.start}, has no class number: "${value.slice(0, 40)}"`);
  const label = Number(value);
  if (classes !== undefined && label >= classes)
    throw refuse(`with label ${label}; with ${classes} classes, labels are 0 to ${classes - 1}`);
  return label;
}

/** Value of a key as text; empty if there is none. */
function jsonValue(text: string, key?: string): string {
  try {
    const content: unknown = JSON.parse(text);
    if (key === undefined) return String(content);
    if (typeof content !== 'object' || content === null || !Object.hasOwn(content, key)) return '';
    return String((content as Record<string, unknown>)[key]);
  } catch {
    return '';
  }
}
