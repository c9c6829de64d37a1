// Evaluators for tests: a small fine-tuning protocol, one that fails, one that changes features, one that takes its time, and two that show an output.
import { defineComponent, definePlugin, linear, logSoftmax, minimizer, Nested, packed, slots, tf, toTensor, Type } from '@carl-ssl/core';
import { setTimeout } from 'node:timers/promises';

const closed = { additionalProperties: false };
const BATCH = 16;

/** A batch of a split with its one-hot labels. */
async function batchOf(set, indices, { augmenter, classCount }) {
  const images = packed((await set.read(indices)).map(image => augmenter.plain(image)));
  const labels = indices.map(index => set.labels[index]);
  return { images, oneHot: () => tf.oneHot(tf.tensor1d(labels, 'int32'), classCount) };
}

/** Cross-entropy training of encoder and classifier; accuracy on `test`. */
async function fineTune({ steps, headRate, optimizer: options }, inputs) {
  const { encoder, train, test, streams, classCount } = inputs;
  const optimizer = inputs.optimizer(options);
  const classifier = linear('fc', { inputs: encoder.encoder.featureDim, outputs: classCount, bias: true });
  const weights = encoder.copy();
  weights.add('classifier', classifier.weights);
  const training = minimizer(optimizer, weights.parameters());
  const logits = (images, training) => {
    const passOf = module => weights.pass(module, { training });
    return classifier.forward(encoder.encoder.forward(toTensor(images), passOf('encoder')), passOf('classifier'));
  };
  try {
    for (let step = 0; step < steps; step++) {
      await inputs.progress(step, steps);
      const random = streams.at('batch', step);
      const { images, oneHot } = await batchOf(train, Array.from({ length: BATCH }, () => random.integer(train.length)), inputs);
      const loss = () => tf.neg(tf.mean(tf.sum(tf.mul(oneHot(), logSoftmax(logits(images, true))), 1)));
      const rate = name => (name.startsWith('classifier.') ? headRate : optimizer.learningRate);
      training.step(loss, rate).dispose();
      weights.commit();
    }
    const { images } = await batchOf(test, Array.from({ length: test.length }, (_, i) => i), inputs);
    const predictions = tf.tidy(() => tf.argMax(logits(images, false), 1).dataSync());
    const right = predictions.filter((label, i) => label === test.labels[i]).length;
    return [{ metric: `fine-tuning@s${steps}`, split: 'test', value: right / test.length, kind: 'accuracy' }];
  } finally {
    training.dispose();
    weights.dispose();
  }
}

const fineTuning = defineComponent(slots.evaluator, {
  use: 'fine-tuning',
  description: 'Fine-tunes encoder and classifier for some steps.',
  options: Type.Object(
    {
      steps: Type.Integer({ minimum: 0, default: 20, description: 'Optimizer steps.' }),
      headRate: Type.Number({ exclusiveMinimum: 0, default: 0.5, description: 'Learning rate of the classifier.' }),
      optimizer: Nested('optimizer', { description: 'The update rule, and the learning rate of the encoder.' }),
    },
    closed,
  ),
  requires: () => ['labels'],
  create: options => ({
    kind: 'protocol',
    baselines: ['untrained'],
    evaluate: inputs => fineTune(options, inputs),
  }),
});

const failing = defineComponent(slots.evaluator, {
  use: 'failing',
  description: 'Fails.',
  options: Type.Object({}, closed),
  create: () => ({
    kind: 'features',
    baselines: ['untrained'],
    evaluate: async () => {
      throw new Error('there is nothing to see');
    },
  }),
});

const scaling = defineComponent(slots.evaluator, {
  use: 'scaling',
  description: 'Changes the features and labels that it only borrows.',
  options: Type.Object({}, closed),
  create: () => ({
    kind: 'features',
    baselines: [],
    evaluate: async ({ train }) => {
      const rows = await train.all();
      rows.forEach((value, i) => (rows[i] = i < train.dim ? 1000 : -value));
      train.labels.fill(0);
      return [{ metric: 'scaled', split: 'train', value: 1, kind: 'score' }];
    },
  }),
});

const waiting = defineComponent(slots.evaluator, {
  use: 'waiting',
  description: 'Waits until it is interrupted.',
  options: Type.Object({ pieces: Type.Integer({ minimum: 1, default: 10_000, description: 'Waits of 10 ms.' }) }, closed),
  create: ({ pieces }) => ({
    kind: 'features',
    baselines: [],
    evaluate: async ({ progress }) => {
      for (let piece = 0; piece < pieces; piece++) {
        await setTimeout(10);
        await progress(piece, pieces);
      }
      return [{ metric: 'waits', split: 'train', value: pieces, kind: 'score' }];
    },
  }),
});

const output = values =>
  Type.Union(
    values.map(value => Type.Literal(value)),
    { default: 'features', description: 'Output of the network.' },
  );

/** Every value of the first rows of an output. */
const show = (rows, width) =>
  Array.from(rows, (value, i) => ({ metric: `${Math.floor(i / width)}.${i % width}`, split: 'test', value, kind: 'score' }));

const showing = defineComponent(slots.evaluator, {
  use: 'showing',
  description: 'Shows the first rows of an output of the network.',
  options: Type.Object({ output: output(['features', 'embeddings', 'assignments']) }, closed),
  create: options => ({
    kind: 'features',
    ...options,
    baselines: ['untrained', 'pixels'],
    evaluate: async ({ test, prototypeSets = [] }) => [
      ...show(await test.rows(0, 3), test.dim),
      ...prototypeSets.map((value, i) => ({ metric: `set${i}`, split: 'test', value, kind: 'setting' })),
    ],
  }),
});

const showingViews = defineComponent(slots.evaluator, {
  use: 'showing-protocol',
  description: 'Shows the embeddings of the first images, or features without `embed`.',
  options: Type.Object({ output: output(['features', 'embeddings']) }, closed),
  create: options => ({
    kind: 'protocol',
    ...options,
    baselines: ['untrained'],
    evaluate: async inputs => {
      const { images } = await batchOf(inputs.test, [0, 1, 2], inputs);
      const rows = tf.tidy(() => {
        const features = inputs.encoder.forward(toTensor(images));
        return inputs.embed ? inputs.embed(features) : features;
      });
      const values = await rows.data();
      const [, width] = rows.shape;
      rows.dispose();
      return show(values, width);
    },
  }),
});

export default definePlugin({ name: 'evaluators', components: [fineTuning, failing, scaling, waiting, showing, showingViews] });
