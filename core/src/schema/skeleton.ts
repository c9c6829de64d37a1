import { Type, type Static } from 'typebox';
import { Nested, Path } from './option.js';

const trainer = Type.Object(
  {
    epochs: Type.Integer({ minimum: 1, description: 'Passes over the training images.' }),
    batchSize: Type.Integer({
      minimum: 2,
      default: 256,
      description: 'Images per step; the last incomplete batch is dropped.',
    }),
    forward: Type.Union([Type.Literal('joint'), Type.Literal('separate')], {
      default: 'joint',
      description:
        'joint: all views of one size go through the encoder together and share batch statistics. separate: one forward pass a view, in order.',
    }),
    accumulate: Type.Integer({
      minimum: 1,
      default: 1,
      description:
        'Batches whose gradients are averaged before one update. Negatives, mean assignments and Sinkhorn stay within a batch.',
    }),
    clipNorm: Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()], {
      default: null,
      description: 'Largest norm of all gradients together; longer ones are shortened to it.',
    }),
    checkpointEvery: Type.Integer({ minimum: 1, default: 1, description: 'Epochs between two checkpoints.' }),
    keepCheckpoints: Type.Integer({ minimum: 1, default: 2, description: 'Newest checkpoints that are kept.' }),
    monitorEvery: Type.Integer({
      minimum: 1,
      default: 10,
      description: 'Steps between two looks of the collapse monitor.',
    }),
    onCollapse: Type.Union([Type.Literal('warn'), Type.Literal('stop')], {
      default: 'warn',
      description: 'What to do when the monitor finds a collapse.',
    }),
  },
  { additionalProperties: false, description: 'The training loop.' },
);

const evaluation = Type.Object(
  {
    network: Type.Union([Type.Literal('auto'), Type.Literal('student'), Type.Literal('teacher')], {
      default: 'auto',
      description:
        'Network whose encoder is evaluated, where there is a teacher. auto: the teacher for objectives whose papers evaluate it (DINO, iBOT, MSN, CARP), else the student.',
    }),
    baselines: Type.Union(
      [
        Type.Literal('auto'),
        Type.Array(Type.Union([Type.Literal('untrained'), Type.Literal('pixels')]), { uniqueItems: true }),
      ],
      {
        default: 'auto',
        description:
          'Evaluated beside the trained encoder: untrained, the encoder before the first step; pixels, the images themselves. auto: both, but pixels only for images of at most 3072 values (32 x 32 in colour).',
      },
    ),
  },
  {
    additionalProperties: false,
    default: { network: 'auto', baselines: 'auto' },
    description: 'Conditions of the evaluation.',
  },
);

/** The pipeline's own keys; components are `x-slot`s that `compose` fills from the catalogue. */
export const skeleton = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 100,
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
      description: 'Names the run directory.',
    }),
    description: Type.Optional(Type.String({ description: 'What this experiment is for.' })),
    seed: Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      default: 0,
      description: 'All randomness of the run follows from it.',
    }),
    plugins: Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      uniqueItems: true,
      description: 'Packages the components come from: npm names, or paths relative to this file.',
    }),
    backend: Nested('backend', {
      default: { use: 'auto' },
      description: 'What computes; `auto` takes the best one there is.',
    }),
    data: Nested('dataset', { description: 'The images.' }),
    augmenter: Nested('augmenter', { description: 'The views.' }),
    encoder: Nested('encoder', { description: 'The network whose features are wanted.' }),
    initialWeights: Type.Optional(
      Path({
        description:
          "A safetensors file with the weights the encoder starts from: torchvision's names, or a checkpoint's `weights.safetensors`.",
      }),
    ),
    head: Type.Optional(Nested('head', { description: 'The projector; without it features are embeddings.' })),
    predictor: Type.Optional(Nested('head', { description: 'A second head on the learning branch only.' })),
    assigner: Type.Optional(Nested('assigner', { description: 'Prototypes and the assignment to them.' })),
    objective: Nested('objective', { description: 'The loss.' }),
    teacher: Type.Optional(Nested('teacher', { description: 'The momentum encoder.' })),
    optimizer: Nested('optimizer', { description: 'The update rule and the learning rate.' }),
    schedule: Nested('schedule', { default: { use: 'constant' }, description: 'The learning rate over the steps.' }),
    trainer,
    evaluate: Type.Array(Nested('evaluator', { description: 'An evaluator.' }), {
      default: [],
      description: 'Evaluators that are applied to the encoder after training.',
    }),
    evaluation,
    observers: Type.Array(Nested('observer', { description: 'An observer.' }), {
      default: [],
      description: 'Receivers of the events of the run, beside the progress display.',
    }),
  },
  { additionalProperties: false },
);

/** A pipeline after validation: every default filled in, paths absolute, deep-frozen. */
export type Pipeline = Static<typeof skeleton>;
export type TrainerOptions = Pipeline['trainer'];
