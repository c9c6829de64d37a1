import { Type, type Static } from '#typebox';
import type { NestedOptions } from '../contracts/components.js';
import type { ManyKey, OptionalKey, SingleKey, Slot, SlotKey } from '../contracts/slots.js';
import { plainSchema, type JsonSchema } from '../plugin/json-schema.js';
import { Nested, Path } from './option.js';
import { trainer } from './trainer.js';

const evaluation = Type.Object(
  {
    network: Type.Union([Type.Literal('auto'), Type.Literal('student'), Type.Literal('teacher')], {
      default: 'auto',
      description:
        'Network to evaluate if there is a teacher. auto: the teacher for objectives whose papers evaluate it (DINO, iBOT, MSN, CARP), otherwise the student.',
    }),
    baselines: Type.Union(
      [
        Type.Literal('auto'),
        Type.Array(Type.Union([Type.Literal('untrained'), Type.Literal('pixels')]), { uniqueItems: true }),
      ],
      {
        default: 'auto',
        description:
          'Baselines to evaluate beside the trained encoder. untrained: the encoder before the first step. pixels: the raw pixels as features. auto: both, but pixels only for images of at most 3072 values (32 x 32 in colour), or if the pixels of all images take at most 256 MiB in float32.',
      },
    ),
    splits: Type.Optional(
      Type.Array(Type.Union([Type.Literal('validation'), Type.Literal('test')]), {
        minItems: 1,
        uniqueItems: true,
        description:
          'Splits to report results on; without this option all that the dataset has. The trials of `carl compare --trials` report on validation only, so that nothing is chosen on test.',
      }),
    ),
  },
  {
    additionalProperties: false,
    default: { network: 'auto', baselines: 'auto' },
    description: 'Evaluation settings.',
  },
);

const probe = Type.Object(
  {
    optimizer: Nested('optimizer', {
      description: 'Update rule and learning rate of the probe, which has no schedule.',
    }),
  },
  {
    additionalProperties: false,
    description:
      'Online probe: a linear classifier of the features of the first view, trained beside the encoder without any effect on it. Its loss and accuracy are reported at every step.',
  },
);

const transfer = Type.Record(
  Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_-]{0,39}$' }),
  Type.Object(
    {
      data: Nested('dataset', { description: 'The images.' }),
      evaluate: Type.Array(Nested('evaluator', { description: 'Measures the quality of an encoder.' }), {
        minItems: 1,
        description: 'Evaluators to run on these images after training.',
      }),
    },
    { additionalProperties: false, description: 'A dataset that the encoder is not trained on.' },
  ),
  {
    additionalProperties: false,
    description:
      'Other datasets to evaluate the encoder on, by name. The name (letters, digits, - and _) is part of the names of the results.',
  },
);

/** Keys of a pipeline that hold no component of their own. */
const ownKeys = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 100,
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
      description: 'Name of the experiment; part of the path of the run directory.',
    }),
    description: Type.Optional(Type.String({ description: 'Purpose of this experiment.' })),
    seed: Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      default: 0,
      description: 'Seed of all randomness in the run.',
    }),
    plugins: Type.Array(Type.String({ minLength: 1 }), {
      uniqueItems: true,
      default: [],
      description:
        'Third-party plugins: npm names, or paths relative to this file. Components of this project need no listing.',
    }),
    initialWeights: Type.Optional(
      Path({
        description:
          'A file with the initial weights of the encoder: safetensors or PyTorch, under the names of torchvision, timm or lightly, or `weights.safetensors` of a checkpoint.',
      }),
    ),
    trainer,
    evaluation,
    probe: Type.Optional(probe),
    transfer: Type.Optional(transfer),
  },
  { additionalProperties: false },
);

/** Order of the keys in a pipeline and in the reference; keys of slots that plugins define follow. */
const ORDER: readonly string[] = [
  'name',
  'description',
  'seed',
  'plugins',
  'backend',
  'data',
  'augmenter',
  'encoder',
  'initialWeights',
  'head',
  'predictor',
  'assigner',
  'objective',
  'teacher',
  'optimizer',
  'schedule',
  'trainer',
  'probe',
  'evaluate',
  'transfer',
  'evaluation',
  'observers',
];

/** The schema of a pipeline without its components: own keys, and an `x-slot` for every key that takes components. */
export function skeletonOf(allSlots: readonly Slot<unknown>[]): JsonSchema {
  const { properties = {}, ...rest } = plainSchema(ownKeys);
  const components = allSlots.flatMap(slot => (slot.keys ?? []).map(key => [key.key, keySchema(slot, key)] as const));
  const all: Readonly<Record<string, JsonSchema>> = { ...properties, ...Object.fromEntries(components) };
  const names = [...ORDER, ...Object.keys(all).filter(name => !ORDER.includes(name))];
  const optional = new Set(allSlots.flatMap(({ keys = [] }) => keys.flatMap(one => (one.optional ? [one.key] : []))));
  const required = names.filter(
    name => rest.required?.includes(name) || components.some(([key]) => key === name && !optional.has(key)),
  );
  return { ...rest, properties: Object.fromEntries(names.map(name => [name, all[name]])), required };
}

function keySchema({ name: slot, description: ofSlot }: Slot<unknown>, key: SlotKey): JsonSchema {
  const { description, default: initial } = key;
  if (key.many) return { type: 'array', items: { 'x-slot': slot, description: ofSlot }, default: [], description };
  return { 'x-slot': slot, description, ...(initial && { default: initial }) };
}

/** A pipeline after validation: every default filled in, paths absolute, deep-frozen. */
export type Pipeline = Static<typeof ownKeys> &
  Readonly<Record<SingleKey, NestedOptions>> &
  Readonly<Partial<Record<OptionalKey, NestedOptions>>> &
  Readonly<Record<ManyKey, readonly NestedOptions[]>>;
export type TrainerOptions = Pipeline['trainer'];

/** True if the pipeline evaluates its encoder, on its own data or on others. */
export function hasEvaluators({ evaluate, transfer }: Pipeline): boolean {
  return evaluate.length > 0 || Object.keys(transfer ?? {}).length > 0;
}
