import { loadPipeline } from '../config/load.js';
import { PipelineError } from '../config/pipeline-error.js';
import { CarlError } from '../errors/carl-error.js';
import { checkWithoutData } from '../run/open-pipeline.js';
import { hasEvaluators } from '../schema/skeleton.js';
import type { Variant } from './variants.js';

export interface Compatible {
  readonly variants: readonly Variant[];
  /** Name and reason of those that cannot be trained. */
  readonly leftOut: readonly string[];
  /** Name and text of the warnings about the others. */
  readonly warnings: readonly string[];
}

/**
 * The variants that can be trained. A grid may have others, which are left out; without a grid they are errors.
 * @throws PipelineError; CarlError INPUT_ARGUMENT for a pipeline without evaluators, or if none is left
 */
export async function compatible(
  variants: readonly Variant[],
  { backend, isGrid }: { readonly backend?: string; readonly isGrid: boolean },
): Promise<Compatible> {
  const [fitting, leftOut, warnings]: [Variant[], string[], string[]] = [[], [], []];
  for (const variant of variants) {
    const { name, file, set } = variant;
    try {
      const loaded = await loadPipeline(file, { set, ...(backend !== undefined && { backend }) });
      const found = checkWithoutData(loaded);
      if (!hasEvaluators(loaded.pipeline))
        throw new CarlError('INPUT_ARGUMENT', `${file} has no evaluators: there is nothing to compare`);
      warnings.push(...found.map(({ message }) => `${name}: ${message}`));
      fitting.push(variant);
    } catch (error) {
      if (!(error instanceof PipelineError) || !isGrid) throw error;
      leftOut.push(`${name}: ${error.diagnostics[0].message}`);
    }
  }
  if (fitting.length === 0) throw new CarlError('INPUT_ARGUMENT', 'no combination of the grid can be trained');
  return { variants: fitting, leftOut, warnings };
}
