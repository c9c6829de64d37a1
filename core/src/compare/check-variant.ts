import type { Diagnostic } from '../config/diagnostic.js';
import { loadPipeline } from '../config/load.js';
import type { LoadedPipeline } from '../config/loaded-pipeline.js';
import { CarlError } from '../errors/carl-error.js';
import { checkWithoutData, openPipeline } from '../run/open-pipeline.js';
import { requireMemory } from '../run/step-memory.js';
import { hasEvaluators } from '../schema/skeleton.js';
import type { Variant } from './variants.js';

/** How variants are checked. */
export interface CheckOptions {
  readonly backend?: string;
  /** Opens the data, as `carl plan` does. */
  readonly withData: boolean;
}

/** A variant that can be trained. */
export interface CheckedVariant {
  readonly loaded: LoadedPipeline;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Checks what can be checked before a training.
 * @throws PipelineError; CarlError INPUT_ARGUMENT for a pipeline without evaluators; with data, also INPUT_DATA and others
 */
export async function checkVariant(
  { file, set }: Pick<Variant, 'file' | 'set'>,
  { backend, withData }: CheckOptions,
): Promise<CheckedVariant> {
  const loaded = await loadPipeline(file, { set, ...(backend !== undefined && { backend }) });
  const warnings = checkWithoutData(loaded);
  if (!hasEvaluators(loaded.pipeline))
    throw new CarlError('INPUT_ARGUMENT', `${file} has no evaluators: there is nothing to compare`);
  if (withData) await requireMemory((await openPipeline(loaded)).experiment);
  return { loaded, warnings };
}
