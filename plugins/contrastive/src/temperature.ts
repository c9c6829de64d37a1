import { Type } from 'typebox';

/** The temperature of cosines, an option that all these objectives have. */
export const temperature = (
  value: number,
  description = 'Cosines are divided by it; smaller weighs near candidates more.',
) => Type.Number({ exclusiveMinimum: 0, default: value, description });
