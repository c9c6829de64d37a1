import { diagnose, type Diagnostic } from '../config/diagnostic.js';
import { PipelineError, refuseErrors } from '../config/pipeline-error.js';
import { checkVariant, type CheckOptions } from './check-variant.js';
import { extremesOf, setOf, type Range } from './range.js';
import type { Trial } from './trials.js';
import { fileStem, type Variant } from './variants.js';

/**
 * Checks that the pipelines take the ends and choices of their ranges, and all drawn settings.
 * @throws PipelineError with the file and line of each range that a pipeline refuses
 */
export async function checkRanges(
  variants: readonly Variant[],
  ranges: ReadonlyMap<string, readonly Range[]>,
  trials: readonly Trial[],
  options: CheckOptions,
): Promise<void> {
  const problems: Diagnostic[] = [];
  for (const { file, set } of variants)
    for (const range of ranges.get(fileStem(file)) ?? [])
      for (const value of extremesOf(range)) {
        const drawn = setOf(range.key, value);
        const refused = await refusal({ file, set: [...set, drawn] }, options);
        if (refused) problems.push(located(range, drawn, refused));
      }
  refuseErrors(unique(problems));
  for (const { of, drawn, variant } of trials) {
    const refused = await refusal(variant, options);
    const [first] = ranges.get(fileStem(of.file)) ?? [];
    if (refused) problems.push(located(first, drawn.join(', '), refused));
  }
  refuseErrors(unique(problems));
}

/** The first error of a pipeline with changes. */
async function refusal(variant: Pick<Variant, 'file' | 'set'>, options: CheckOptions): Promise<Diagnostic | undefined> {
  try {
    await checkVariant(variant, options);
    return undefined;
  } catch (error) {
    if (error instanceof PipelineError && error.code === 'INPUT_PIPELINE') return error.diagnostics[0];
    throw error;
  }
}

function located(range: Range, drawn: string, { code, message, remedy }: Diagnostic): Diagnostic {
  return diagnose(range.place, { code, message: `${drawn}: ${message}`, ...(remedy !== undefined && { remedy }) });
}

/** Both ends of a range of an unknown key have the same error. */
function unique(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  const key = ({ line, message }: Diagnostic): string => `${line} ${message.slice(message.indexOf(': '))}`;
  return [...new Map(problems.map(one => [key(one), one])).values()];
}
