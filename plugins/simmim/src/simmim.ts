import {
  CarlError,
  defineComponent,
  patchWeights,
  slots,
  tf,
  Type,
  type MaskedPatches,
  type Objective,
  type ObjectiveInputs,
} from '@carl-ssl/core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkSimmim } from './advice.js';
import { simmimCard } from './card.js';
import { drawMasks } from './masks.js';

const options = Type.Object(
  {
    maskRatio: Type.Number({
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
      default: 0.6,
      description: 'Fraction of the squares of an image that are masked, rounded up.',
    }),
    maskSize: Type.Integer({
      minimum: 1,
      default: 2,
      description: 'Side of the squares, in patches. Squares at the right and lower border may be smaller.',
    }),
  },
  { additionalProperties: false },
);

/**
 * SimMIM: the head predicts the pixels of masked patches from their tokens. The loss is the mean absolute error over
 * masked pixels and their channels; every image has the same weight. The outputs [M, height * width * channels] of the
 * head have the order of a patch's pixels: row, column, channel. Pixels are those of the views, which augmenters normalise.
 * @see arXiv 2111.09886, section 3
 */
export const simmim = defineComponent(slots.objective, {
  use: 'simmim',
  knownAs: ['masked image modeling'],
  description:
    'Predicts the pixels of masked patches from the other patches, by an L1 loss (SimMIM). Needs an encoder with a mask token.',
  source: 'arXiv 2111.09886; github.com/microsoft/SimMIM',
  card: simmimCard,
  options,
  requires: () => ['masked-tokens'],
  check: checkSimmim,
  create: (o): Objective => ({
    state: () => [],
    mask: (of, { random }) => drawMasks(of, o, random),
    compute: (inputs, { note, collective }) => {
      const masked = maskedOf(inputs);
      const weights = patchWeights(masked);
      const [mean] = collective.allReduceMean([meanPatch(masked, weights)]);
      note('meanPatchLoss', meanError(mean, masked.pixels, weights));
      return { loss: meanError(masked.output, masked.pixels, weights), parts: {} };
    },
    // The loss of a constant prediction depends on the images; it is reported as a note.
    trivial: () => [],
  }),
});

/** Mean of this worker's masked patches: [values of a patch]. Predicting it needs no learning. */
function meanPatch({ pixels }: MaskedPatches, weights: Tensor1D): Tensor1D {
  return tf.sum(tf.mul(pixels, tf.expandDims(weights, 1)), 0);
}

/** Weighted sum over patches of the mean absolute error of their values. */
function meanError(predicted: Tensor1D | Tensor2D, pixels: Tensor2D, weights: Tensor1D): Scalar {
  const errors = tf.mean<Tensor1D>(tf.abs(tf.sub(predicted, pixels)), 1);
  return tf.sum<Scalar>(tf.mul(errors, weights));
}

/** @throws CarlError SHAPE if a prediction does not have the size of a patch, or the outputs are not those of the head */
function maskedOf({ masked }: ObjectiveInputs): MaskedPatches {
  if (!masked)
    throw new CarlError('SHAPE', 'simmim got no embeddings of masked patches. Remove the terms that need an assigner.');
  const [predicted, wanted] = [masked.output.shape[1], masked.pixels.shape[1]];
  if (predicted === wanted) return masked;
  throw new CarlError(
    'SHAPE',
    `simmim: the head predicts ${predicted} values per patch, but a patch has ${wanted} (height * width * channels). ` +
      `Its last layer must have ${wanted} units: head: { use: mlp-head, layers: [{ units: ${wanted} }] }.`,
  );
}
