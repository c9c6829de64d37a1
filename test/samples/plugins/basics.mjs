// A plugin for the samples only: small components of every kind that pipelines need.
import { defineComponent, definePlugin, Nested, Path, Scheduled, slots } from '@carl-ssl/core';
import { Type } from 'typebox';

const closed = { additionalProperties: false };
const none = Type.Object({}, closed);

/** As much of each contract as a check of a pipeline looks at; nothing here can train. */
const parts = {
  augmenter: ({ size }) => ({ views: [1, 2].map(() => ({ kind: 'global', height: size, width: size })), outputChannels: channels => channels }),
  encoder: ({ width }) => ({ featureDim: 8 * width, minimumSize: 8 }),
  head: ({ outputDim }) => ({ outputDim: () => outputDim }),
  assigner: ({ count }) => ({ prototypeCount: () => count }),
};
const component = (slot, use, options, more = {}) =>
  defineComponent(slot, { use, description: `For the samples: ${use}.`, options, create: parts[slot.name] ?? (() => ({})), ...more });

export default definePlugin({
  name: 'basics',
  components: [
    component(
      slots.dataset,
      'pictures',
      Type.Object(
        {
          folder: Path({ description: 'Where the pictures are.' }),
          labelled: Type.Boolean({ default: false, description: 'Whether folders are classes.' }),
          extensions: Type.Array(Type.String({ minLength: 1 }), { default: ['.png'], minItems: 1, maxItems: 3, uniqueItems: true, description: 'File name endings.' }),
        },
        closed,
      ),
      { provides: options => (options.labelled ? ['labels'] : []) },
    ),
    component(
      slots.augmenter,
      'crops',
      Type.Object(
        {
          size: Type.Integer({ minimum: 8, maximum: 512, default: 32, description: 'Side of a crop, pixels.' }),
          scale: Type.Tuple([Type.Number({ exclusiveMinimum: 0 }), Type.Number({ maximum: 1 })], { default: [0.2, 1], description: 'Share of the area.' }),
          blur: Type.Optional(
            Type.Union(
              [
                Type.Object({ sigma: Type.Number({ exclusiveMinimum: 0, description: 'Pixels.' }) }, closed),
                Type.Object({ radius: Type.Integer({ minimum: 1, description: 'Pixels.' }) }, closed),
                Type.Literal('slight'),
              ],
              { description: 'How much is blurred.' },
            ),
          ),
          steps: Type.Array(Nested('augmentation', { description: 'A step.' }), { default: [], description: 'Operations in order.' }),
        },
        closed,
      ),
    ),
    component(slots.augmentation, 'flip', Type.Object({ probability: Type.Number({ minimum: 0, maximum: 1, default: 0.5, description: 'How often.' }) }, closed)),
    component(
      slots.augmentation,
      'maybe',
      Type.Object({ probability: Type.Number({ minimum: 0, maximum: 1, default: 0.5, description: 'How often.' }), step: Nested('augmentation', { description: 'What is done.' }) }, closed),
    ),
    component(
      slots.encoder,
      'small-net',
      Type.Object(
        {
          widen: Type.Integer({ minimum: 1, default: 1, description: 'Factor of the channels inside.' }),
          width: Type.Integer({ minimum: 1, default: 16, description: 'Channels of the first layer.' }),
          weights: Type.Optional(Path({ description: 'File with weights to start from.' })),
          tags: Type.Optional(Type.Record(Type.String({ pattern: '^[a-z]+$' }), Type.String(), { additionalProperties: false, maxProperties: 2, description: 'Notes.' })),
          stem: Type.Union([Type.Literal('cifar'), Type.Literal('imagenet')], { default: 'cifar', description: 'First layers.' }),
        },
        closed,
      ),
    ),
    component(slots.head, 'projector', Type.Object({ outputDim: Type.Integer({ minimum: 2, default: 64, description: 'Width of the embeddings.' }) }, closed)),
    component(
      slots.assigner,
      'prototypes',
      Type.Object(
        {
          count: Type.Integer({ minimum: 2, description: 'K.' }),
          temperature: Type.Number({ exclusiveMinimum: 0, default: 0.1, description: 'Divides the scores.' }),
        },
        closed,
      ),
      {
        check: (options, facts) =>
          options.count > facts.batchSize * 8
            ? [{ severity: 'warning', code: 'PROTOTYPES_MANY', path: 'count', message: `${options.count} prototypes are many for a batch of ${facts.batchSize}.` }]
            : [],
      },
    ),
    component(
      slots.objective,
      'clusters',
      Type.Object({ entropyWeight: Scheduled({ default: 1, minimum: 0, description: 'Weight of the regulariser.' }) }, closed),
      { requires: () => ['assignments'] },
    ),
    component(
      slots.objective,
      'pairs',
      Type.Object(
        {
          temperature: Type.Number({ exclusiveMinimum: 0, default: 0.5, description: 'Divides the similarities.' }),
          margin: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], { default: null, description: 'Distance that is enough.' }),
        },
        closed,
      ),
    ),
    component(slots.objective, 'follower', none, { requires: () => ['teacher', 'predictor'] }),
    component(slots.teacher, 'average', Type.Object({ momentum: Type.Number({ minimum: 0, maximum: 1, default: 0.99, description: 'Share that is kept.' }) }, closed)),
    component(
      slots.optimizer,
      'descent',
      Type.Object(
        {
          learningRate: Type.Number({ exclusiveMinimum: 0, description: 'Size of a step.' }),
          nesterov: Type.Boolean({ default: false, description: 'Looks ahead.' }),
        },
        closed,
      ),
    ),
    component(slots.schedule, 'flat', none),
    component(
      slots.evaluator,
      'neighbours',
      Type.Object({ k: Type.Integer({ minimum: 1, maximum: 1000, default: 20, description: 'How many vote.' }) }, closed),
      { requires: () => ['labels'] },
    ),
    component(slots.backend, 'plain', none),
  ],
});
