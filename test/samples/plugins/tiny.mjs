// Components that the end-to-end tests train with: images of stripes, a loss on predictions, and an observer that waits.
import { batchNorm, defineComponent, definePlugin, linear, normalizeRows, pixelImages, relu, seededStreams, sequence, slots, tf, Type } from '@carl-ssl/core';
import { setTimeout } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';

const closed = { additionalProperties: false };
const CLASSES = 4;

/** Stripes of four directions, with noise: [count, size, size, channels] bytes. */
function stripes({ count, size, channels, noise, seed, labelled }, split) {
  const random = seededStreams(seed).at(split);
  const bytes = new Uint8Array(count * size * size * channels);
  const labels = Int32Array.from({ length: count }, (_, i) => i % CLASSES);
  bytes.forEach((_, at) => {
    const pixel = Math.floor(at / channels) % (size * size);
    const [x, y] = [pixel % size, Math.floor(pixel / size)];
    const along = [x, y, x + y, x - y][labels[Math.floor(at / (channels * size * size))]];
    bytes[at] = 127 + 100 * Math.cos((along * Math.PI) / 2) * (1 - noise) + 27 * noise * random.normal();
  });
  return pixelImages({ bytes, size: [size, size], channels, ...(labelled && { labels, classes: ['a', 'b', 'c', 'd'] }) });
}

const dataset = defineComponent(slots.dataset, {
  use: 'stripes',
  description: 'Stripes of four directions.',
  options: Type.Object(
    {
      count: Type.Integer({ minimum: 1, default: 64, description: 'Images of each split.' }),
      size: Type.Integer({ minimum: 1, default: 8, description: 'Pixels of a side.' }),
      channels: Type.Integer({ minimum: 1, default: 1, description: 'Channels.' }),
      noise: Type.Number({ minimum: 0, maximum: 1, default: 0.3, description: 'Share of noise.' }),
      seed: Type.Integer({ minimum: 0, default: 0, description: 'Seed of the noise; CARL_TEST_DATA replaces it.' }),
      labelled: Type.Boolean({ default: true, description: 'Whether the images have labels.' }),
      delay: Type.Integer({ minimum: 0, default: 0, description: 'Milliseconds that reading takes.' }),
    },
    closed,
  ),
  provides: ({ labelled }) => (labelled ? ['labels'] : []),
  create: options => {
    if (process.env.CARL_TEST_THREADS_FAIL && !isMainThread) throw new Error('no data in a thread');
    const seed = Number(process.env.CARL_TEST_DATA ?? options.seed);
    const sets = Object.fromEntries(
      ['train', 'validation', 'test'].map(split => [split, stripes({ ...options, seed }, split)]),
    );
    const slow = set => ({
      ...set,
      read: async indices => {
        if (options.delay > 0) await setTimeout(options.delay);
        return set.read(indices);
      },
    });
    const splits = Object.fromEntries(Object.entries(sets).map(([name, set]) => [name, slow(set)]));
    return { classCount: options.labelled ? CLASSES : undefined, split: async name => splits[name] };
  },
});

const WIDTH = 12;
const layers = inputs =>
  sequence([linear('fc', { inputs, outputs: WIDTH, bias: false }), batchNorm('bn', WIDTH), relu()]);

/** One layer over all pixels: an encoder that costs nothing. */
const flat = defineComponent(slots.encoder, {
  use: 'flat',
  description: 'One layer over all pixels.',
  options: Type.Object({}, closed),
  create: () => ({
    featureDim: WIDTH,
    minimumSize: 1,
    weights: ([height, width, channels]) => layers(height * width * channels).weights,
    forward: (images, pass) => {
      const rows = tf.reshape(images, [images.shape[0], -1]);
      return layers(rows.shape[1]).forward(rows, pass);
    },
    cost: ([height, width, channels]) => [
      { stage: 'fc', shape: [WIDTH], multiplyAdds: height * width * channels * WIDTH, activations: WIDTH },
    ],
  }),
});

/** Minus the mean cosine of the prediction of a view and the teacher's embedding of the other one. */
const prediction = {
  use: 'prediction',
  description: 'Negative cosine to the teacher.',
  options: Type.Object({}, closed),
  requires: () => ['teacher', 'predictor'],
  create: () => ({
    state: ({ width }) => [{ name: 'centre', shape: [width], dtype: 'float32', initial: 0 }],
    compute: ({ outputs, targets, tensors }) => {
      const cosine = (a, b) => tf.mean(tf.sum(tf.mul(normalizeRows(a), normalizeRows(b)), 1));
      const loss = tf.neg(tf.div(tf.add(cosine(outputs[0], targets[1]), cosine(outputs[1], targets[0])), 2));
      const centre = tf.add(tf.mul(tensors.centre, 0.9), tf.mul(tf.mean(targets[0], 0), 0.1));
      return { loss, parts: { cosine: tf.neg(loss) }, nextState: { centre } };
    },
    trivial: () => [],
  }),
};

/** The same without a predictor, of papers that evaluate the teacher. */
const judgedByTeacher = { ...prediction, use: 'judged-by-teacher', judges: 'teacher', requires: () => ['teacher'] };

/** Waits after every step, so that a test can act in the meantime. */
const dawdler = defineComponent(slots.observer, {
  use: 'dawdler',
  description: 'Waits after every step.',
  options: Type.Object({ milliseconds: Type.Integer({ minimum: 0, description: 'How long.' }) }, closed),
  create: ({ milliseconds }) => ({
    onStep: () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds),
  }),
});

/** Fails at the third step. */
const failing = defineComponent(slots.observer, {
  use: 'failing',
  description: 'Fails at the third step.',
  options: Type.Object({}, closed),
  create: () => ({
    onStep: async ({ step }) => {
      if (step === 3) throw new Error('step 3 is too much');
    },
  }),
});

export default definePlugin({
  name: 'tiny',
  components: [
    dataset,
    flat,
    defineComponent(slots.objective, prediction),
    defineComponent(slots.objective, judgedByTeacher),
    dawdler,
    failing,
  ],
});
