import { Type } from 'typebox';

/** A probability. */
export function Probability(defaultValue: number, description: string) {
  return Type.Number({ minimum: 0, maximum: 1, default: defaultValue, description });
}
