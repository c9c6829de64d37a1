import { Ajv, type ValidateFunction } from '#ajv';
import { Type, type Static } from '#typebox';

const text = (description: string) => Type.String({ minLength: 1, description });

/** Schema of a card. */
const schema = Type.Object(
  {
    name: text('Name of the method in papers.'),
    idea: text('One or two sentences.'),
    formula: text('The loss as plain text; line breaks are kept.'),
    trivial: text('Loss values that a network reaches without learning.'),
    views: text('Views and parts of the pipeline that the method needs.'),
    failures: Type.Array(text('A known failure, its sign or its remedy.')),
    figures: Type.Array(
      Type.Object(
        {
          value: text('Result as published, `69.3% linear`.'),
          setting: text('Data, encoder and length of the training.'),
          source: text('Paper or repository that reports it.'),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

/** A method in short, for readers of reports and of the reference. Figures are published ones, each with its source. */
export type MethodCard = Readonly<Static<typeof schema>>;

/** The check of cards, compiled for the first one. */
let check: ValidateFunction | undefined;

/** Describes the first fault of a card; undefined if there is none. */
export function cardFault(card: unknown): string | undefined {
  check ??= new Ajv({ validateSchema: false }).compile(schema);
  if (check(card)) return undefined;
  const [{ instancePath, message }] = check.errors!;
  return `has a card that is not valid: ${instancePath || 'it'} ${message}`;
}
