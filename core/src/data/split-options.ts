import { Type } from '#typebox';
import type { Finding } from '../contracts/facts.js';
import { drawHoldout, HoldoutAmount } from './holdout.js';
import type { SplitRules } from './split-rules.js';

/** Options of datasets whose splits are separate files. `mostClasses` is the limit of the format, if it has one. */
export function SplitOptions(mostClasses?: number) {
  return {
    holdout: Type.Optional(
      HoldoutAmount({
        description:
          'Training images to hold out as the validation split: a fraction below 1, or a count. Drawn at random, but the same in every run.',
      }),
    ),
    classes: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: mostClasses,
        description:
          'Number of classes; labels must be below it. By default: the number of class names, or else the largest label plus 1.',
      }),
    ),
    classNames: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        maxItems: mostClasses,
        uniqueItems: true,
        description: 'Names of the classes, from label 0.',
      }),
    ),
  };
}

interface SplitSettings {
  readonly validation?: unknown;
  readonly holdout?: number;
  readonly classes?: number;
  readonly classNames?: readonly string[];
}

/** Contradictions between {@link SplitOptions}. Their codes begin with the given prefix. */
export function splitFindings(prefix: string, { validation, holdout, classes, classNames }: SplitSettings): Finding[] {
  const found: Finding[] = [];
  const refuse = (code: string, path: string, message: string): unknown =>
    found.push({ severity: 'error', code: `${prefix}_${code}`, path, message });
  if (validation && holdout !== undefined)
    refuse(
      'TWO_VALIDATIONS',
      'holdout',
      'There is a validation split already; leave out either `holdout` or `validation`.',
    );
  if (classes !== undefined && classNames && classes !== classNames.length)
    refuse(
      'CLASSES_DIFFER',
      'classNames',
      `${classNames.length} names for ${classes} classes; leave out \`classes\` or correct it.`,
    );
  return found;
}

/** {@link SplitOptions} as rules of a dataset. */
export function splitRules({ holdout, classes, classNames }: SplitSettings): SplitRules {
  return {
    ...(holdout !== undefined && { holdout: (length: number) => drawHoldout(length, holdout) }),
    ...(classes !== undefined && { classes }),
    ...(classNames && { classNames }),
  };
}
