// Parts that report scalars of a step, and an assigner whose prototypes are called otherwise.
import { cosineScores, defineComponent, definePlugin, linear, normal, normalizeRows, slots } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import { Type } from 'typebox';

const closed = { additionalProperties: false };
const WIDTH = 6;

/** 1 minus the mean cosine of two views, which it reports with the number of the batch. */
const objective = defineComponent(slots.objective, {
  use: 'noted',
  description: 'Cosine of two views.',
  options: Type.Object(
    {
      fault: Type.Union([Type.Literal('none'), Type.Literal('twice'), Type.Literal('vector')], {
        default: 'none',
        description: 'Mistake in its notes.',
      }),
    },
    closed,
  ),
  create: ({ fault }) => ({
    state: () => [],
    compute: ({ outputs }, context) => {
      const [a, b] = outputs.map(view => normalizeRows(view));
      const cosine = tf.tidy(() => {
        const mean = tf.mean(tf.sum(tf.mul(a, b), 1));
        context.note('cosine', mean);
        return mean;
      });
      context.note('batch', tf.scalar(context.batch.number, 'int32'));
      if (fault === 'twice') context.note('cosine', cosine);
      if (fault === 'vector') context.note('row', tf.zeros([3]));
      return { loss: tf.sub(1, cosine), parts: {} };
    },
    trivial: () => [],
  }),
});

const layer = inputs => linear('fc', { inputs, outputs: WIDTH, bias: true });

/** One layer over all pixels, which reports whether it runs in the student. */
const encoder = defineComponent(slots.encoder, {
  use: 'noted',
  description: 'One layer over all pixels.',
  options: Type.Object({}, closed),
  create: () => ({
    featureDim: WIDTH,
    minimumSize: 1,
    weights: ([height, width, channels]) => layer(height * width * channels).weights,
    forward: (images, pass) => {
      pass.note('learns', tf.scalar(pass.random ? 1 : 0));
      const rows = tf.reshape(images, [images.shape[0], -1]);
      return layer(rows.shape[1]).forward(rows, pass);
    },
    cost: ([height, width, channels]) => [
      { stage: 'fc', shape: [WIDTH], multiplyAdds: height * width * channels * WIDTH, activations: WIDTH },
    ],
  }),
});

/** Prototypes in a weight called `centroids`. Reports how long they are when a step begins, and the largest score. */
const assigner = defineComponent(slots.assigner, {
  use: 'centroids',
  description: 'Learned centroids.',
  options: Type.Object({ count: Type.Integer({ minimum: 2, default: 5, description: 'K.' }) }, closed),
  provides: () => ['prototypes'],
  create: ({ count }) => ({
    weights: ([dim]) => [
      { name: 'centroids', shape: [count, dim], initialize: normal(1), trainable: true, layout: 'plain' },
    ],
    prototypeCount: () => count,
    prototypes: pass => pass.weight('centroids'),
    state: () => [],
    prepare: (pass, _state, context) => {
      context.note('length', tf.mean(tf.norm(pass.weight('centroids'), 2, 1)));
      return undefined;
    },
    assign: (views, pass, _state, context) => {
      const scores = views.map(view => cosineScores(view, pass.weight('centroids')));
      context.note('largest', tf.max(tf.stack(scores)));
      return { assigned: scores.map(own => ({ logits: tf.div(own, 0.1) })) };
    },
  }),
});

export default definePlugin({ name: 'noted', components: [objective, encoder, assigner] });
