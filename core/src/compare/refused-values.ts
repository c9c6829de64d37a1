import type { Diagnostic } from '../config/diagnostic.js';
import { isComponentKey } from '../config/load.js';
import { PipelineError } from '../config/pipeline-error.js';
import { DIAGNOSTIC_CODES } from '../errors/diagnostic-codes.js';
import { checkVariant, type CheckOptions } from './check-variant.js';
import { cellOf, GRID, type Variant } from './variants.js';

/** A variant with its errors; none for one that can be trained. */
export interface TriedVariant {
  readonly variant: Variant;
  readonly errors: readonly Diagnostic[];
}

/** Codes of errors that depend on several components, or on the data. */
const OF_COMBINATIONS: readonly string[] = ['COMPONENT_REFUSED', 'REQUIREMENT_MISSING', 'PARTS_MISFIT'];

/**
 * Errors that no combination of a grid avoids: those of a value that the schema forbids, those at the value of an option that
 * no combination takes, and those of a file that it has without the grid too.
 */
export async function refusedValues(
  tried: readonly TriedVariant[],
  options: CheckOptions,
): Promise<readonly Diagnostic[]> {
  const values = [...new Set(tried.flatMap(({ variant }) => cellOf(variant)))];
  const ofValues = values.map(value =>
    inAll(tried.filter(({ variant }) => cellOf(variant).includes(value))).filter(isOfValue),
  );
  const ofFiles: (readonly Diagnostic[])[] = [];
  for (const file of new Set(tried.map(({ variant }) => variant.file)))
    ofFiles.push(
      await errorsOfFile(
        tried.filter(({ variant }) => variant.file === file),
        options,
      ),
    );
  return once([...ofValues, ...ofFiles]);
}

/** Each error once: that of one value comes with every value of the other keys. */
export function once(lists: readonly (readonly Diagnostic[])[]): readonly Diagnostic[] {
  const all = new Map<string, Diagnostic>();
  for (const list of lists) for (const [key, error] of keyed(list)) if (!all.has(key)) all.set(key, error);
  return [...all.values()];
}

/** The errors of one variant by keys that tell them apart from each other, but not from those of another variant. */
function keyed(errors: readonly Diagnostic[]): ReadonlyMap<string, Diagnostic> {
  const all = new Map<string, Diagnostic>();
  for (const error of errors) {
    let key = keyOf(error);
    while (all.has(key)) key += '+';
    all.set(key, error);
  }
  return all;
}

/**
 * Messages may name the component of a combination, but those on missing parts differ by the part. An unknown key of a grid is
 * unknown with all its values, which the frame shows.
 */
function keyOf({ file, line, code, path, frame, message }: Diagnostic): string {
  const ofKey = file === GRID && code === 'KEY_UNKNOWN';
  return JSON.stringify([file, line, code, path, ofKey ? '' : frame, code === 'REQUIREMENT_MISSING' ? message : '']);
}

/** The errors of the first variant that all others have too. */
function inAll([first, ...others]: readonly TriedVariant[]): readonly Diagnostic[] {
  const kept = others.map(({ errors }) => keyed(errors));
  return [...keyed(first.errors)].filter(([key]) => kept.every(keys => keys.has(key))).map(([, error]) => error);
}

/** False for a component of the grid that needs others than the pipeline has. */
function isOfValue({ code, file, path }: Diagnostic): boolean {
  if (code in DIAGNOSTIC_CODES && !OF_COMBINATIONS.includes(code)) return true;
  return file === GRID && !isComponentKey(path) && !path.endsWith('use');
}

async function errorsOfFile(tried: readonly TriedVariant[], options: CheckOptions): Promise<readonly Diagnostic[]> {
  const common = inAll(tried).filter(({ file }) => file !== GRID);
  if (common.length === 0) return [];
  const [{ variant }] = tried;
  const set = variant.set.filter(change => typeof change === 'string');
  const alone = keyed(await errorsOf({ ...variant, set }, options));
  return [...keyed(common)].filter(([key]) => alone.has(key)).map(([, error]) => error);
}

/** The errors of a variant. @throws CarlError, but no PipelineError */
async function errorsOf(variant: Variant, options: CheckOptions): Promise<readonly Diagnostic[]> {
  try {
    await checkVariant(variant, options);
    return [];
  } catch (error) {
    if (error instanceof PipelineError) return error.diagnostics;
    throw error;
  }
}
