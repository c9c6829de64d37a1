/**
 * A plugin as someone else writes it, with the strictest settings of TypeScript, against the public API alone. It is only
 * compiled: if the API breaks such a plugin, `npm run typecheck` fails.
 */
import {
  type Assigner,
  type Augmentation,
  Components,
  type Dataset,
  defineComponent,
  definePlugin,
  type Encoder,
  type Evaluator,
  type Finding,
  type Head,
  type ImageSet,
  Nested,
  type Objective,
  type Observer,
  type Optimizer,
  Path,
  pixelImages,
  type Reader,
  readUserFile,
  type Schedule,
  Scheduled,
  scheduledAt,
  slots,
  Streams,
} from '@carl-ssl/core';
import { describePlugin } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { Type } from 'typebox';

const closed = { additionalProperties: false };

const objective = defineComponent(slots.objective, {
  use: 'spread',
  description: 'Keeps embeddings apart.',
  source: 'arXiv 2005.10242',
  options: Type.Object(
    {
      weight: Scheduled({ minimum: 0, default: { from: 1, to: 0, over: 1 }, description: 'Weight of the loss.' }),
      power: Type.Optional(Type.Integer({ minimum: 1, description: 'Exponent.' })),
    },
    closed,
  ),
  requires: ({ power }) => (power === undefined ? [] : ['teacher']),
  check: ({ power }, facts): Finding[] =>
    (power ?? 2) > facts.embeddingDim
      ? [{ severity: 'warning', code: 'SPREAD_POWER_HIGH', path: 'power', message: `more than ${facts.embeddingDim}` }]
      : [],
  create: ({ weight, power = 2 }): Objective => ({
    state: ({ batchSize, width }) => [
      { name: 'mean', shape: [width], dtype: 'float32', initial: 0 },
      { name: 'seen', shape: [batchSize], dtype: 'int32', initial: 0 },
    ],
    compute: ({ outputs: [view], tensors }, context) => {
      if (!view) throw new Error('no views');
      const [mean] = context.collective.allReduceMean([tf.mean<Tensor1D>(view, 0)]);
      const loss = tf.mul<Scalar>(tf.mean(tf.pow(tf.sub(view, mean), power)), scheduledAt(weight, context));
      const { mean: before } = tensors;
      return { loss, parts: { loss }, ...(before && { nextState: { mean: tf.add(before, mean) } }) };
    },
    trivial: ({ width }) => [{ name: 'all alike', loss: Math.log(width), advice: 'Raise objective.weight.' }],
  }),
});

const weights: Head['weights'] = ([input = 1]) => [
  {
    name: 'weight',
    shape: [8, input],
    initialize: (random, shape) => Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()),
    trainable: true,
    layout: 'plain',
  },
];

const encoder = defineComponent(slots.encoder, {
  use: 'pixels',
  description: 'A linear layer on the pixels.',
  options: Type.Object({}, closed),
  create: (): Encoder => ({
    featureDim: 8,
    minimumSize: 1,
    weights: shape => weights([shape.reduce((a, b) => a * b)]),
    forward: (images: Tensor4D, pass) =>
      tf.matMul(tf.reshape<tf.Rank.R2>(images, [images.shape[0], -1]), pass.weight<Tensor2D>('weight'), false, true),
    cost: ([height, width, channels]) => [
      { stage: 'linear', shape: [8], multiplyAdds: 8 * height * width * channels, activations: 8 },
    ],
  }),
});

const assigner = defineComponent(slots.assigner, {
  use: 'fixed',
  description: 'Prototypes that are never moved.',
  options: Type.Object({ count: Type.Integer({ minimum: 2, default: 8, description: 'K.' }) }, closed),
  provides: () => ['codes'],
  create: ({ count }): Assigner => ({
    prototypeCount: () => count,
    weights,
    state: () => [],
    frozen: () => ['weight'],
    assign: (views, pass) => ({
      assigned: views.map(view => ({ logits: tf.matMul<Tensor2D>(view, pass.weight('weight'), false, true) })),
    }),
  }),
});

const augmentation = defineComponent(slots.augmentation, {
  use: 'sometimes',
  description: 'Another augmentation, now and then.',
  options: Type.Object({ then: Nested('augmentation', { description: 'What is done.' }) }, closed),
  inject: { components: Components, streams: Streams },
  create: (options, { components, streams }): Augmentation => {
    const then = components.create(slots.augmentation, options.then);
    return { apply: (image, random) => (random.chance(0.5) ? then.apply(image, streams.at('sometimes')) : image) };
  },
});

const dataset = defineComponent(slots.dataset, {
  use: 'grey',
  description: 'Grey images.',
  options: Type.Object({ root: Path({ description: 'A folder.' }) }, closed),
  create: ({ root }): Dataset => {
    const set: ImageSet = {
      length: 1,
      channels: 1,
      read: indices =>
        Promise.resolve(indices.map(() => ({ height: 1, width: 1, channels: 1, data: new Float32Array(1) }))),
      fingerprint: () => Promise.resolve(root),
    };
    return { split: name => Promise.resolve(name === 'train' ? set : undefined) };
  },
});

const reader = defineComponent(slots.reader, {
  use: 'raw',
  description: 'The bytes of a file as images of one pixel.',
  options: Type.Object({ file: Path({ description: 'Any file.' }) }, closed),
  provides: () => ['labels'],
  create: ({ file }): Reader => ({
    read: async classes => {
      const bytes = await readUserFile(file);
      const labels = Int32Array.from(bytes, level => level % 2);
      return pixelImages({ bytes, size: [1, 1], channels: 1, labels, ...(classes && { classes }) });
    },
  }),
});

const evaluator = defineComponent(slots.evaluator, {
  use: 'mean',
  description: 'The mean of the features.',
  options: Type.Object({}, closed),
  create: (): Evaluator => ({
    kind: 'features',
    baselines: ['untrained'],
    evaluate: async ({ train }) => {
      let sum = 0;
      for await (const { rows } of train.blocks()) sum += rows.reduce((total, value) => total + value, 0);
      return [{ metric: 'mean', split: 'train', value: sum / (train.length * train.dim), kind: 'score' }];
    },
  }),
});

const optimizer = defineComponent(slots.optimizer, {
  use: 'signs',
  description: 'Steps of one length.',
  options: Type.Object({}, closed),
  create: (): Optimizer => ({
    learningRate: 0.1,
    slots: [],
    apply: (parameters, rate) => {
      for (const { value, gradient } of parameters) value.assign(tf.sub(value, tf.mul(tf.sign(gradient), rate)));
    },
  }),
});

const schedule = defineComponent(slots.schedule, {
  use: 'halving',
  description: 'Half as much each epoch.',
  options: Type.Object({}, closed),
  create: (): Schedule => ({
    value: (step, defaults) => (defaults?.startValue ?? 1) * 0.5 ** Math.floor(step / (defaults?.stepsPerEpoch ?? 1)),
  }),
});

const observer = defineComponent(slots.observer, {
  use: 'bell',
  description: 'Rings at the end.',
  options: Type.Object({}, closed),
  create: (): Observer => ({ close: status => status === 'finished' && process.stdout.write('\u0007') }),
});

const plugin = definePlugin({
  name: 'third-party',
  components: [objective, encoder, assigner, augmentation, dataset, reader, evaluator, optimizer, schedule, observer],
});
export default plugin;

describePlugin(plugin, {
  describe: (_name, body) => {
    body();
  },
  it: (_name, body) => body(),
  examples: { 'dataset grey': [{ options: { root: '.' } }] },
});
