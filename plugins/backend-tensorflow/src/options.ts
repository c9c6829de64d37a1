import { Type } from '@carl-ssl/core';

/** Options of both variants. */
export const options = Type.Object(
  {
    threads: Type.Union([Type.Integer({ minimum: 1, maximum: 1024 }), Type.Null()], {
      default: null,
      description:
        'Number of compute threads; null uses all cores. Results are bitwise reproducible for a fixed number of threads.',
    }),
    oneDNN: Type.Boolean({
      default: true,
      description: 'Compute convolutions with oneDNN: about twice as fast; results differ in the last bits.',
    }),
  },
  { additionalProperties: false },
);
