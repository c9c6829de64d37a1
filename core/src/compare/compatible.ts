import { loadPipeline } from '../config/load.js';
import type { Diagnostic } from '../config/diagnostic.js';
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
 * @throws PipelineError, with the errors of all if none is left; CarlError INPUT_ARGUMENT for a pipeline without evaluators
 */
export async function compatible(
  variants: readonly Variant[],
  { backend, isGrid }: { readonly backend?: string; readonly isGrid: boolean },
): Promise<Compatible> {
  const [fitting, refused, warnings]: [Variant[], { name: string; diagnostics: readonly Diagnostic[] }[], string[]] = [
    [],
    [],
    [],
  ];
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
      if (!(error instanceof PipelineError) || !isGrid || error.diagnostics.some(isOfFile)) throw error;
      refused.push({ name, diagnostics: error.diagnostics });
    }
  }
  if (fitting.length === 0) throw noneFits(refused.flatMap(({ diagnostics }) => diagnostics));
  const leftOut = refused.map(({ name, diagnostics }) => `${name}: ${diagnostics[0].message}`);
  return { variants: fitting, leftOut, warnings };
}

/** True for errors that no value of a grid causes. */
function isOfFile({ code, file }: Diagnostic): boolean {
  return code.startsWith('FILE_') || (code.startsWith('YAML_') && !file.startsWith('--'));
}

/** All errors, each once: those of the same key come with every value of the others. */
function noneFits(diagnostics: readonly Diagnostic[]): PipelineError {
  const once = new Map(diagnostics.map(one => [`${one.file} ${one.line} ${one.message}`, one]));
  return new PipelineError([...once.values()]);
}
