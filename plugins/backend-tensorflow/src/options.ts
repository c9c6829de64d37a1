import { Type } from 'typebox';

/** Options of both variants. */
export const options = Type.Object(
  {
    threads: Type.Union([Type.Integer({ minimum: 1, maximum: 1024 }), Type.Null()], {
      default: null,
      description:
        'Threads that compute; null takes all cores. Results are repeatable to the last bit at one number of threads.',
    }),
    oneDNN: Type.Boolean({
      default: true,
      description: 'Compute convolutions with oneDNN: about twice as fast, other last bits.',
    }),
  },
  { additionalProperties: false },
);
