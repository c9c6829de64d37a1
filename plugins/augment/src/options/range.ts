import type { Finding } from '@carl-ssl/core';
import { Type } from 'typebox';

interface RangeSettings {
  readonly description: string;
  readonly default?: readonly [number, number];
  readonly maximum?: number;
}

/** Two positive numbers, the smaller one first. */
export function PositiveRange({ maximum, ...settings }: RangeSettings) {
  return Type.Array(Type.Number({ exclusiveMinimum: 0, maximum }), { minItems: 2, maxItems: 2, ...settings });
}

/** An error if a range is written the wrong way round. */
export function rangeFindings(path: string, range: readonly number[]): readonly Finding[] {
  if (range[0] <= range[1]) return [];
  const message = `\`${path}\` is [${range.join(', ')}], but the smaller number comes first. Write [${range[1]}, ${range[0]}].`;
  return [{ severity: 'error', code: 'AUGMENT_RANGE', path, message }];
}
