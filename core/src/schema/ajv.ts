import { Ajv, type Options } from 'ajv';

/** Our own keywords, which ajv has to ignore. */
const ANNOTATIONS = ['x-slot', 'x-path'];

const OPTIONS: Options = {
  strict: true,
  allErrors: true,
  verbose: true,
  discriminator: true,
  useDefaults: true,
  allowUnionTypes: true,
  logger: false,
  // Pipelines are small: improving the code takes longer than it saves.
  code: { optimize: false },
};

/** ajv in its strict mode, in which unknown keywords and contradictions in a schema are errors; fills defaults in. */
export function strictAjv(): Ajv {
  return new Ajv(OPTIONS).addVocabulary(ANNOTATIONS);
}
