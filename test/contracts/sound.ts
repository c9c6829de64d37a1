import {
  type Assigner,
  type Augmenter,
  type Collective,
  type Plugin,
  defineComponent,
  type FeatureEvaluator,
  floatImage,
  type Image,
  type ImageSet,
  linear,
  logSoftmax,
  minimizer,
  normal,
  normalizeRows,
  type Objective,
  type Observer,
  type Optimizer,
  packed,
  Path,
  pixelImages,
  type ProtocolEvaluator,
  readUserFile,
  Scheduled,
  scheduledAt,
  slots,
  type StoredImage,
  toTensor,
} from '@carl-ssl/core';
import { singleProcess } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Type } from 'typebox';

/** The smallest sound component of every slot with rules of its own: what broken ones are made from by one change. */

const options = Type.Object(
  { strength: Type.Number({ default: 1, description: 'A number.' }) },
  { additionalProperties: false },
);
const common = { use: 'sound', description: 'A sound one.', options };
const WIDTH = 4;

const layer = (inputs: number) => linear('fc', { inputs, outputs: WIDTH, bias: true });
const mean = (width: number) => ({
  name: 'mean',
  shape: [width],
  initialize: (_r: unknown, [n]: readonly number[]) => new Float32Array(n),
  trainable: false,
  layout: 'plain' as const,
});

export const head = defineComponent(slots.head, {
  ...common,
  create: () => ({
    weights: ([inputs]) => [...layer(inputs).weights, mean(WIDTH)],
    outputDim: () => WIDTH,
    forward: (features, pass) => {
      const rows = layer(features.shape[1]).forward(features, pass);
      const centre = pass.training ? meanOfAll(rows, pass.collective) : pass.weight<Tensor1D>('mean');
      if (pass.training) pass.update('mean', tf.add(tf.mul(pass.weight('mean'), 0.9), tf.mul(centre, 0.1)));
      return tf.sub(rows, centre);
    },
    cost: inputs => [{ stage: 'fc', shape: [WIDTH], multiplyAdds: inputs * WIDTH, activations: WIDTH }],
  }),
});

const meanOfAll = (rows: Tensor2D, collective: Collective): Tensor1D =>
  collective.allReduceMean([tf.mean<Tensor1D>(rows, 0)])[0];

export const encoder = defineComponent(slots.encoder, {
  ...common,
  create: () => ({
    featureDim: WIDTH,
    minimumSize: 2,
    weights: ([, , channels]) => layer(channels).weights,
    forward: (images, pass) => layer(images.shape[3]).forward(tf.mean<Tensor2D>(images, [1, 2]), pass),
    cost: ([, , channels]) => [{ stage: 'fc', shape: [WIDTH], multiplyAdds: channels * WIDTH, activations: WIDTH }],
  }),
});

export const assigner = defineComponent(slots.assigner, {
  ...common,
  provides: () => ['prototypes'],
  create: (): Assigner => ({
    weights: ([width]) => [
      { name: 'weight', shape: [3, width], initialize: normal(1), trainable: true, layout: 'plain' },
    ],
    prototypeCount: () => 3,
    prototypes: pass => pass.weight<Tensor2D>('weight'),
    segments: [1, 2],
    state: () => [{ name: 'centre', shape: [3], dtype: 'float32', initial: normal(0.1) }],
    prepare: pass => {
      pass.update('weight', normalizeRows(pass.weight<Tensor2D>('weight')));
      return undefined;
    },
    frozen: ({ step }) => (step === 0 ? ['weight'] : []),
    assign: (views, pass, { centre }, { collective }) => {
      const scores = views.map(view => similarities(view, pass.weight<Tensor2D>('weight')));
      const assigned = scores.map(logits => ({ logits, code: bySegment(tf.sub<Tensor2D>(logits, centre)) }));
      return { assigned, nextState: { centre: meanOfAll(tf.concat(scores), collective) } };
    },
  }),
});

function similarities(view: Tensor2D, prototypes: Tensor2D): Tensor2D {
  return tf.matMul<Tensor2D>(normalizeRows(view), prototypes, false, true);
}

/** The softmax of the first column, and that of the other two. */
function bySegment(scores: Tensor2D): Tensor2D {
  const [one, two] = tf.split<Tensor2D>(scores, [1, 2], 1);
  return tf.concat<Tensor2D>([tf.softmax(one), tf.softmax(two)], 1);
}

/** 1 minus the cosine of the two views, plus a part that pulls a running mean's length to zero. */
export const objective = defineComponent(slots.objective, {
  ...common,
  options: Type.Object(
    { weight: Scheduled({ minimum: 0, default: 1, description: 'Weight of the second part.' }) },
    { additionalProperties: false },
  ),
  create: ({ weight }): Objective => ({
    state: ({ width }) => [{ name: 'centre', shape: [width], dtype: 'float32', initial: 0 }],
    compute: ({ outputs, tensors }, context) => {
      const [a, b] = outputs.map(view => normalizeRows(view));
      const distance = tf.sub<Scalar>(1, tf.mean(tf.sum(tf.mul(a, b), 1)));
      const pull = tf.mean<Scalar>(tf.square(tf.sub(meanOfAll(tf.concat([a, b]), context.collective), tensors.centre)));
      const loss = tf.add<Scalar>(distance, tf.mul(pull, scheduledAt(weight, context)));
      return { loss, parts: { distance, pull }, nextState: { centre: tf.mul(tensors.centre, 0.9) } };
    },
    trivial: ({ width }) => [{ name: 'all images have the same embedding', loss: 1 / width, advice: 'Do something.' }],
  }),
});

export const augmentation = defineComponent(slots.augmentation, {
  ...common,
  create: () => ({ apply: (image, random) => ({ ...image, data: image.data.map(value => value * random.uniform()) }) }),
});

const small = (image: StoredImage): Image => ({
  height: 2,
  width: 2,
  channels: image.channels,
  data: floatImage(image).data.slice(0, 4 * image.channels),
});

export const augmenter = defineComponent(slots.augmenter, {
  ...common,
  create: (): Augmenter => ({
    views: [
      { kind: 'global', height: 2, width: 2 },
      { kind: 'local', height: 2, width: 2 },
    ],
    outputChannels: channels => channels,
    augment: (image, randoms) =>
      randoms.map(random => ({ ...small(image), data: small(image).data.map(() => random.uniform()) })),
    plain: small,
  }),
});

export const pixels = (bytes: Uint8Array = Uint8Array.from({ length: 6 * 4 }, (_, i) => i * 7)): ImageSet =>
  pixelImages({
    bytes,
    size: [2, 2],
    channels: 1,
    labels: Int32Array.of(0, 1, 2, 0, 1, 2),
    classes: ['a', 'b', 'c'],
  });

export const dataset = defineComponent(slots.dataset, {
  ...common,
  create: () => {
    const set = pixels();
    return { classCount: 3, split: async name => (name === 'train' ? set : undefined) };
  },
});

/** Reads the last bytes of any file as six images of 2x2 pixels. */
export const reader = defineComponent(slots.reader, {
  ...common,
  options: Type.Object({ file: Path({ description: 'Any file.' }) }, { additionalProperties: false }),
  create: ({ file }) => ({ read: async () => pixels((await readUserFile(file)).subarray(-6 * 4)) }),
});

export const optimizer = defineComponent(slots.optimizer, {
  ...common,
  create: (): Optimizer => ({
    learningRate: 0.1,
    slots: ['velocity'],
    apply: (parameters, rate) => {
      for (const {
        value,
        gradient,
        slots: { velocity },
      } of parameters) {
        tf.tidy(() => {
          velocity.assign(tf.add<Variable>(tf.mul(velocity, 0.5), gradient));
          value.assign(tf.sub<Variable>(value, tf.mul(velocity, rate)));
        });
      }
    },
  }),
});

export const schedule = defineComponent(slots.schedule, {
  ...common,
  create: () => ({ value: (step, training) => training!.startValue / (1 + Math.min(step, training!.steps - 1)) }),
});

export const teacher = defineComponent(slots.teacher, {
  ...common,
  create: () => ({
    momentum: (step, steps) => step / steps,
    update: (targets, online, momentum) =>
      targets.forEach((target, i) =>
        tf.tidy(() => target.assign(tf.add<Variable>(tf.mul(target, momentum), tf.mul(online[i], 1 - momentum)))),
      ),
  }),
});

export const metric = defineComponent(slots.metric, {
  ...common,
  create: () => ({
    compute: ({ features }) => ({
      mean: [...features.data].sort().reduce((sum, value) => sum + value, 0) / features.data.length,
    }),
  }),
});

export const evaluator = defineComponent(slots.evaluator, {
  ...common,
  create: (): FeatureEvaluator => ({
    kind: 'features',
    baselines: ['untrained', 'pixels'],
    evaluate: async ({ train, validation }) => {
      const splits = [['train', await train.all()] as const, ['validation', await validation!.all()] as const];
      return splits.map(([split, features]) => ({
        metric: 'mean',
        split,
        value: features.reduce((sum, x) => sum + x, 0) / features.length,
        kind: 'score',
      }));
    },
  }),
});

/** One step of fine-tuning encoder and classifier; the loss before it. */
export const protocol = defineComponent(slots.evaluator, {
  ...common,
  use: 'sound-protocol',
  requires: () => ['labels'],
  create: (): ProtocolEvaluator => ({
    kind: 'protocol',
    baselines: ['untrained'],
    evaluate: async ({ encoder, train, augmenter, classCount, optimizer, progress }) => {
      const weights = encoder.copy();
      const classifier = linear('fc', { inputs: encoder.encoder.featureDim, outputs: classCount!, bias: true });
      weights.add('classifier', classifier.weights);
      const training = minimizer(optimizer({ use: 'sgd' }), weights.parameters());
      try {
        await progress(0, 1);
        const indices = Array.from({ length: 8 }, (_, i) => i);
        const images = packed((await train.read(indices)).map(image => augmenter.plain(image)));
        const loss = training.step(() => {
          const passOf = (module: string) => weights.pass(module, { training: true });
          const features = encoder.encoder.forward(toTensor(images), passOf('encoder'));
          const logits = classifier.forward(features, passOf('classifier'));
          const labels = tf.oneHot(tf.tensor1d(train.labels!.subarray(0, 8), 'int32'), classCount!);
          return tf.neg<Scalar>(tf.mean(tf.sum(tf.mul(labels, logSoftmax(logits)), 1)));
        }, 0.1);
        const [value] = await loss.data();
        loss.dispose();
        return [{ metric: 'loss', split: 'train', value, kind: 'score' }];
      } finally {
        training.dispose();
        weights.dispose();
      }
    },
  }),
});

export const observer = defineComponent(slots.observer, {
  ...common,
  create: (): Observer => {
    const losses: number[] = [];
    let file: string | undefined;
    return {
      onStart: ({ run }) => void (file = join(run, 'losses.txt')),
      onStep: ({ loss }) => losses.push(loss),
      close: async () => (file === undefined ? undefined : appendFile(file, losses.join('\n'))),
    };
  },
});

export const backend = defineComponent(slots.backend, {
  ...common,
  create: () => ({
    name: 'sound',
    rank: 1,
    probe: async () => ({ available: false, reason: 'it is a test', remedy: 'None.' }),
    activate: async () => ({}),
    fingerprint: () => ({ name: 'sound', versions: {}, threads: 1, flags: {} }),
    estimate: ({ flops }) => ({ seconds: flops / 1e9, threads: 1, inProcess: true }),
  }),
});

export const collective = defineComponent(slots.collective, { ...common, create: () => singleProcess });

export const sound: Plugin['components'] = [
  head,
  encoder,
  assigner,
  objective,
  augmentation,
  augmenter,
  dataset,
  reader,
  optimizer,
  schedule,
  teacher,
  metric,
  evaluator,
  protocol,
  observer,
  backend,
  collective,
];
