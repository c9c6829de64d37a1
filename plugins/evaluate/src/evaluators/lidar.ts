import {
  CarlError,
  Components,
  defineComponent,
  error,
  Nested,
  slots,
  Type,
  type Augmenter,
  type Facts,
  type Finding,
  type ProtocolEvaluator,
  type Static,
} from '@carl-ssl/core';
import { interruptibleRank } from '../maths/interruptible-rank.js';
import { ViewScatter } from '../maths/view-scatter.js';
import { lidarConstants } from '../lidar-options.js';
import { measured, output, outputWords } from '../output-option.js';
import { checkChannels } from '../protocols/batches.js';
import { viewFeatures } from '../protocols/view-features.js';
import { stepByStep } from '../stepwise.js';

const options = Type.Object(
  {
    output: output('embeddings'),
    images: Type.Integer({
      minimum: 2,
      default: 1000,
      description: 'Maximum number of training images, each of which is a class, drawn at random if there are more.',
    }),
    views: Type.Integer({ minimum: 2, default: 50, description: 'Number of augmented views of each image.' }),
    ...lidarConstants,
    augmenter: Type.Optional(
      Nested('augmenter', {
        description:
          "Augmenter of the views, of which the global ones of the first view's size are used; by default the pipeline's. Needs the pipeline's `mean` and `std`.",
      }),
    ),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * LiDAR of training images: the effective rank of the matrix of a linear discriminant analysis whose classes are single images, each
 * with several augmented views. With Sigma_b the covariance of the means of the images and Sigma_w that of views around them, plus
 * delta, p are the eigenvalues of Sigma_w^-1/2 Sigma_b Sigma_w^-1/2 over their sum, plus epsilon, and LiDAR is exp(-sum p ln p). Needs no labels.
 */
function lidar(options: Options, own: Augmenter | undefined): ProtocolEvaluator {
  const { images, views, delta, epsilon } = options;
  return {
    kind: 'protocol',
    ...measured(options.output),
    baselines: ['untrained'],
    work: sizes => ({ plain: 0, views: Math.min(images, sizes.images.train) * views, trained: 0, batch: 0 }),
    async evaluate(inputs) {
      const { train, streams, progress } = inputs;
      if (train.length < 2) throw tooFewImages(train.length);
      if (own) checkChannels(own, train, inputs.encoder.image);
      const places = Array.from(streams.at('images').permutation(train.length).subarray(0, images).sort());
      const count = places.length;
      let scatter: ViewScatter | undefined;
      for await (const { number, data, dim } of viewFeatures({
        inputs,
        augmenter: own ?? inputs.augmenter,
        places,
        views,
      })) {
        scatter ??= new ViewScatter(count, dim);
        scatter.add(number, data);
      }
      const report = () => progress(count, count);
      const features = await stepByStep(scatter!.whitened(delta), report);
      const value = await interruptibleRank({ features, epsilon, eigenvalues: true }, report);
      const name = options.output === 'embeddings' ? 'lidar' : `lidar-${options.output}`;
      const most = Math.min(count - 1, features.columns);
      return [
        {
          ...{ metric: `${name}@n${count}q${views}d${delta}`, split: 'train', value, kind: 'score' },
          description: `LiDAR of the ${outputWords(options.output)} of ${views} views of each of ${count} images (delta ${delta}, epsilon ${epsilon}), at most ${most}; larger is better`,
        },
      ];
    },
  };
}

function tooFewImages(images: number): CarlError {
  return new CarlError(
    'INPUT_DATA',
    `LiDAR compares at least 2 training images; there ${images === 1 ? 'is 1' : `are ${images}`}. Use a larger dataset, or remove this evaluator.`,
  );
}

function check({ trainImages }: Facts): readonly Finding[] {
  if (trainImages === undefined || trainImages >= 2) return [];
  const message = `LiDAR compares at least 2 training images; there is ${trainImages}. Use a larger dataset, or remove this evaluator.`;
  return [error('LIDAR_TOO_FEW_IMAGES', '', message)];
}

export default defineComponent(slots.evaluator, {
  use: 'lidar',
  description:
    'LiDAR: effective rank of a linear discriminant analysis that separates images by their augmented views. Needs no labels.',
  source: 'arXiv 2312.04000 (Thilak et al. 2024), section 3',
  options,
  check: (_, facts) => check(facts),
  inject: { components: Components },
  create: ({ augmenter, ...options }, { components }) =>
    lidar(options, augmenter && components.create(slots.augmenter, augmenter)),
});
