import type { Diagnostic } from '../config/diagnostic.js';
import type { LoadedPipeline } from '../config/loaded-pipeline.js';
import { inOrder, PipelineError } from '../config/pipeline-error.js';
import { CarlError } from '../errors/carl-error.js';
import { hashOf } from '../run/lock.js';
import { checkVariant, type CheckedVariant, type CheckOptions } from './check-variant.js';
import { once, refusedValues, type TriedVariant } from './refused-values.js';
import type { Variant } from './variants.js';

/** A combination of a grid that cannot be trained. */
export interface LeftOutVariant {
  readonly name: string;
  readonly reason: string;
}

export interface Compatible {
  readonly variants: readonly Variant[];
  readonly leftOut: readonly LeftOutVariant[];
  /** Warnings about the others, each with the names of those that have it. */
  readonly warnings: readonly string[];
}

/** How the variants of a comparison are checked. */
export interface CompatibleOptions extends CheckOptions {
  readonly isGrid: boolean;
  /** Every run has the same epochs, whatever its pipeline says. */
  readonly isBudgeted: boolean;
  /** True for a variant whose runs are all finished: its data and memory are not needed any more. */
  readonly isMade: (variant: Variant) => Promise<boolean>;
}

/**
 * The variants that can be trained. A grid may have combinations that do not fit, which are left out; values that fit no
 * combination are errors, and so is everything without a grid.
 * @throws PipelineError with all errors; CarlError INPUT_ARGUMENT for pipelines without evaluators and equal variants
 */
export async function compatible(variants: readonly Variant[], options: CompatibleOptions): Promise<Compatible> {
  const tried: (TriedVariant & Partial<CheckedVariant>)[] = [];
  for (const variant of variants) tried.push(await tryVariant(variant, options));
  const refused = tried.filter(({ errors }) => errors.length > 0);
  const fitting = tried.filter(({ errors }) => errors.length === 0);
  const all = !options.isGrid || fitting.length === 0;
  const errors = all ? once(refused.map(one => one.errors)) : await refusedValues(tried, options);
  if (errors.length > 0) throw new PipelineError(inOrder(errors));
  refuseEqual(fitting, options);
  return {
    variants: fitting.map(({ variant }) => variant),
    leftOut: refused.map(({ variant: { name }, errors }) => ({ name, reason: reasonOf(errors) })),
    warnings: warningsOf(fitting),
  };
}

/** Names of variants that a warning lists. */
const NAMED = 3;

/** Each warning once, after the names of the variants that have it. */
function warningsOf(checked: readonly (TriedVariant & Partial<CheckedVariant>)[]): readonly string[] {
  const names = new Map<string, readonly string[]>();
  for (const { variant, warnings = [] } of checked)
    for (const message of new Set(warnings.map(one => one.message)))
      names.set(message, [...(names.get(message) ?? []), variant.name]);
  return [...names].map(([message, having]) => {
    if (having.length > 1 && having.length === checked.length) return `all pipelines: ${message}`;
    const others = having.length > NAMED ? [`${having.length - NAMED} others`] : [];
    return `${[...having.slice(0, NAMED), ...others].join(', ')}: ${message}`;
  });
}

function reasonOf(errors: readonly Diagnostic[]): string {
  return [...new Set(errors.map(({ message }) => message))].join(' ');
}

async function tryVariant(
  variant: Variant,
  options: CompatibleOptions,
): Promise<TriedVariant & Partial<CheckedVariant>> {
  try {
    const withData = options.withData && !(await options.isMade(variant));
    return { variant, errors: [], ...(await checkVariant(variant, { ...options, withData })) };
  } catch (error) {
    if (!(error instanceof PipelineError) || error.diagnostics.some(isOfFile)) throw error;
    return { variant, errors: error.diagnostics };
  }
}

/** True for errors that no value of a grid causes. */
function isOfFile({ code, file }: Diagnostic): boolean {
  return code.startsWith('FILE_') || code.startsWith('INPUT_') || (code.startsWith('YAML_') && !file.startsWith('--'));
}

/** Refuses values of a grid that lead to the same runs. @throws CarlError INPUT_ARGUMENT */
function refuseEqual(fitting: readonly (TriedVariant & Partial<CheckedVariant>)[], options: CompatibleOptions): void {
  const names = new Map<string, string>();
  for (const { variant, loaded } of fitting) {
    const key = `${variant.file} ${experimentOf(loaded!, options)}`;
    const before = names.get(key);
    if (before !== undefined)
      throw new CarlError(
        'INPUT_ARGUMENT',
        `${before} and ${variant.name} are the same pipeline and would have the same runs. Leave out one of these values of --grid.`,
      );
    names.set(key, variant.name);
  }
}

function experimentOf({ pipeline }: LoadedPipeline, { isBudgeted }: CompatibleOptions): string {
  return hashOf({ ...pipeline, seed: 0, ...(isBudgeted && { trainer: { ...pipeline.trainer, epochs: 0 } }) });
}
