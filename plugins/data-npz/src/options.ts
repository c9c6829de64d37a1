import { Type } from '@carl-ssl/core';

/** Options of the reader and of the dataset. */
export const limitOptions = {
  maxMegabytes: Type.Integer({
    minimum: 1,
    maximum: 4095,
    default: 2048,
    description: 'Largest array in megabytes. Larger ones are refused before they are decompressed.',
  }),
};
