import type { Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { singleProcess } from '../builtin/single-process.js';
import type { Augmenter } from '../contracts/augmenter.js';
import type { ImageSet } from '../contracts/image-set.js';
import type { Encoder } from '../contracts/encoder.js';
import type { ProtocolEvaluator } from '../contracts/evaluator.js';
import type { Optimizer } from '../contracts/optimizer.js';
import { floatImage } from '../data/float-image.js';
import { pixelImages } from '../data/pixels.js';
import { frozenEncoder } from '../evaluate/frozen-encoder.js';
import { linear } from '../tensor/layers/linear.js';
import { tf } from '../tensor/tf.js';
import { WeightStore } from '../tensor/weight-store.js';
import { streams } from './probe.js';
import { trialControl, type Trial, type TrialConditions } from './trial.js';

const SIDE = 8;
const CHANNELS = 3;
const CLASSES = 4;
const DIM = 8;

/** Applies a protocol to one linear layer and small images. */
export async function protocolTrial(evaluator: ProtocolEvaluator, conditions: TrialConditions): Promise<Trial> {
  const { labels = true, otherTest = false } = conditions;
  const store = new WeightStore();
  store.add('encoder', encoder.weights([SIDE, SIDE, CHANNELS]), streams);
  const before = JSON.stringify(await store.save());
  const stored = { encoder, image: [SIDE, SIDE, CHANNELS] as const, store, collective: singleProcess };
  try {
    const results = await evaluator.evaluate({
      encoder: frozenEncoder(stored, streams),
      ...(evaluator.output === 'embeddings' && { embed: (features: Tensor2D) => tf.mul<Tensor2D>(features, 2) }),
      train: images('train', 16, { labels }),
      validation: images('validation', 4, { labels }),
      test: images(otherTest ? 'another test' : 'test', 4, { labels, shift: otherTest ? 1 : 0 }),
      ...(labels && { classCount: CLASSES }),
      augmenter,
      optimizer: () => descent,
      streams: { at: (purpose, ...place) => streams.at(`evaluate ${purpose}`, ...place) },
      ...trialControl(conditions),
    });
    return { results, hasDrawn: true, isUnchanged: JSON.stringify(await store.save()) === before };
  } finally {
    store.dispose();
  }
}

const layer = (inputs: number) => linear('fc', { inputs, outputs: DIM, bias: true });

const encoder: Encoder = {
  featureDim: DIM,
  minimumSize: 1,
  weights: ([height, width, channels]) => layer(height * width * channels).weights,
  forward: (batch, pass) => {
    const rows = tf.reshape<tf.Rank.R2>(batch, [batch.shape[0], -1]) as Tensor2D;
    return layer(rows.shape[1]).forward(rows, pass);
  },
  cost: ([height, width, channels]) => [
    { stage: 'fc', shape: [DIM], multiplyAdds: height * width * channels * DIM, activations: DIM },
  ],
};

const augmenter: Augmenter = {
  views: [{ kind: 'global', height: SIDE, width: SIDE }],
  outputChannels: channels => channels,
  augment: (image, randoms) => randoms.map(() => floatImage(image)),
  plain: floatImage,
};

/** Plain gradient descent in place of the optimizers of protocols. */
const descent: Optimizer = {
  learningRate: 0.1,
  slots: [],
  apply: (parameters, rate) => {
    for (const { value, gradient } of parameters)
      tf.tidy(() => value.assign(tf.sub(value, tf.mul(gradient, rate)) as Variable));
  },
};

/** Noise with one bright quadrant per class; labels are wrong by `shift`. */
function images(purpose: string, perClass: number, { labels = true, shift = 0 }): ImageSet {
  const random = streams.at(purpose);
  const length = perClass * CLASSES;
  const stride = SIDE * SIDE * CHANNELS;
  const bytes = Uint8Array.from({ length: length * stride }, (_, i) => {
    const pixel = Math.floor((i % stride) / CHANNELS);
    const quadrant = 2 * Math.floor(pixel / SIDE / (SIDE / 2)) + Math.floor((pixel % SIDE) / (SIDE / 2));
    const isBright = quadrant === Math.floor(i / stride) % CLASSES;
    return (isBright ? 200 : 40) + random.integer(40);
  });
  const classes = Int32Array.from({ length }, (_, i) => ((i % CLASSES) + shift) % CLASSES);
  return pixelImages({ bytes, size: [SIDE, SIDE], channels: CHANNELS, ...(labels && { labels: classes }) });
}
