import { Type, type Finding } from '@carl-ssl/core';

/** Schema setting of every options object: unknown keys are errors. */
export const closed = { additionalProperties: false } as const;

/** Schema of a probability in [0, 1]. */
export function Probability(defaultValue: number, description: string) {
  return Type.Number({ minimum: 0, maximum: 1, default: defaultValue, description });
}

interface RangeSettings {
  readonly description: string;
  readonly default?: readonly [number, number];
  readonly maximum?: number;
}

/** Schema of two positive numbers [smallest, largest]. The schema does not compare them; {@link rangeFindings} does. */
export function PositiveRange({ maximum, ...settings }: RangeSettings) {
  return Type.Array(Type.Number({ exclusiveMinimum: 0, maximum }), { minItems: 2, maxItems: 2, ...settings });
}

/** Error for a range whose larger number comes first. */
export function rangeFindings(path: string, range: readonly number[]): readonly Finding[] {
  const [smallest, largest] = range;
  if (smallest <= largest) return [];
  const message = `\`${path}\` is [${smallest}, ${largest}], but the smaller number must come first. Write [${largest}, ${smallest}].`;
  return [rangeError(path, message)];
}

/** Error of code AUGMENT_RANGE about the option at `path`. */
export function rangeError(path: string, message: string): Finding {
  return { severity: 'error', code: 'AUGMENT_RANGE', path, message };
}
