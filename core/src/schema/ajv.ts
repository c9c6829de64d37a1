import { Ajv, type Options } from '#ajv';

/** Is told of every component in a value: its slot, its options, and its place as a JSON pointer. */
type Tell = (slot: string, component: Readonly<Record<string, unknown>>, place: string) => void;

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
export function strictAjv(tell: Tell = () => undefined): Ajv {
  const look = (slot: string) => (value: unknown, context?: { readonly instancePath: string }) => {
    if (typeof value === 'object' && value !== null)
      tell(slot, value as Readonly<Record<string, unknown>>, context?.instancePath ?? '');
    return true;
  };
  // Our own keywords: `x-slot` names the slot of a component, and `x-path` is only for readers.
  return new Ajv(OPTIONS).addVocabulary(['x-path']).addKeyword({ keyword: 'x-slot', compile: look });
}
