import {
  CarlError,
  defineComponent,
  patchWeights,
  scheduledAt,
  slots,
  tf,
  Type,
  type MaskedPatches,
  type Objective,
  type ObjectiveInputs,
} from '@carl-ssl/core';
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { checkIbot, trivialValues } from './advice.js';
import { ibotCard } from './cards.js';
import { centerState, nextCenter } from './center.js';
import { entropiesOf } from './distillation.js';
import { drawMasks } from './masks.js';
import { selfDistillationOptions, studentTemperatureOf } from './options.js';

const share = { minimum: 0, maximum: 1 };
const options = Type.Object(
  {
    ...selfDistillationOptions,
    maskRatio: Type.Array(Type.Number(share), {
      minItems: 2,
      maxItems: 2,
      default: [0.1, 0.5],
      description:
        "Smallest and largest fraction of an image's patches that are masked for the student, at least one patch.",
    }),
    maskedImages: Type.Number({
      ...share,
      default: 0.5,
      description: 'Fraction of the global views that have masked patches, at least one view per batch.',
    }),
    maskShape: Type.Union([Type.Literal('blocks'), Type.Literal('random')], {
      default: 'blocks',
      description: 'blocks: rectangles of patches, as in BEiT. random: individual patches.',
    }),
  },
  { additionalProperties: false },
);

/**
 * iBOT's loss on masked patch tokens: cross-entropy of the student's tokens of masked patches to the centred
 * and sharpened assignment that the teacher gives the same patches without masking. Masked tokens [M, K] of all images
 * are in the row-major order of the mask [images, rows, columns]; every image has the same weight.
 * @see arXiv 2111.07832, equation 2
 */
export const ibot = defineComponent(slots.objective, {
  use: 'ibot',
  description:
    'Masked self-distillation on patch tokens; combine it in a `weighted-sum` with `dino` on the class token. Needs an encoder with a mask token.',
  source: 'arXiv 2111.07832; lightly',
  card: ibotCard,
  judges: 'teacher',
  options,
  requires: () => ['assignments', 'teacher', 'masked-tokens'],
  temperature: studentTemperatureOf,
  check: checkIbot,
  create: (o): Objective => ({
    state: ({ width }) => centerState(width),
    mask: (of, { random }) => drawMasks(of, o, random),
    compute: (inputs, context) => {
      const { tokens, masked } = tokensOf(inputs);
      const teacher = scheduledAt(o.teacherTemperature, context);
      const at = { student: o.studentTemperature, teacher, center: inputs.tensors.center as Tensor1D };
      const perToken = entropiesOf(tokens, at);
      const loss = tf.sum<Scalar>(tf.mul(perToken, patchWeights(masked)));
      const center = nextCenter(tokens, { momentum: o.centerMomentum, rowCount: maskedCount(masked.mask) }, context);
      return { loss, parts: {}, nextState: { center } };
    },
    // Images without masked patches add nothing.
    trivial: size => trivialValues(size).map(value => ({ ...value, loss: o.maskedImages * value.loss })),
  }),
});

/** Outputs of both branches for the masked tokens. Codes are left out, because they belong to the views. @throws CarlError SHAPE */
function tokensOf({ masked, tensors }: ObjectiveInputs): { tokens: ObjectiveInputs; masked: MaskedPatches } {
  const [tokens, places] = [masked?.output.shape[0], masked?.places.size];
  if (!masked || tokens !== places)
    throw new CarlError('SHAPE', `ibot got ${tokens ?? 'no'} masked tokens for ${places ?? 'no'} masked patches.`);
  return { masked, tokens: { outputs: [masked.output], targets: [masked.target!], codes: [], tensors } };
}

function maskedCount(mask: Tensor): Scalar {
  return tf.sum<Scalar>(tf.cast(tf.notEqual(mask, 0), 'float32'));
}
