import {
  CarlError,
  defineComponent,
  kernels,
  scheduledAt,
  slots,
  targetsOf,
  type Facts,
  type Finding,
  type Objective,
  type ObjectiveInputs,
} from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { Type, type Static } from 'typebox';
import { centerState, centered } from './center.js';
import { checkDino, trivialValues } from './advice.js';
import { nextCenter, selfDistillationOptions } from './dino.js';
import { drawMasks } from './masks.js';

const share = { minimum: 0, maximum: 1 };
const options = Type.Object(
  {
    ...selfDistillationOptions.properties,
    maskRatio: Type.Array(Type.Number(share), {
      minItems: 2,
      maxItems: 2,
      default: [0.1, 0.5],
      description: "Least and greatest share of an image's patches that are hidden from the learning branch.",
    }),
    maskedImages: Type.Number({
      ...share,
      default: 0.5,
      description: 'Share of the global views that have patches hidden; the others go through whole.',
    }),
    maskShape: Type.Union([Type.Literal('blocks'), Type.Literal('random')], {
      default: 'blocks',
      description: 'blocks: rectangles of patches, as in BEiT; random: patches by themselves.',
    }),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * iBOT's loss on masked patch tokens: cross-entropy of the learning branch's tokens, which it sees masked, to the centred
 * and sharpened assignment that the teacher gives the same tokens unmasked. Masked tokens [M, K] of all images are in the
 * row-major order of the mask [images, rows, columns]; every image counts the same. They come as `hidden`, or where
 * nothing is hidden by the step as the first view and teacher with the tensor `mask`.
 * @see arXiv 2111.07832, equation 2
 */
export const ibot = defineComponent(slots.objective, {
  use: 'ibot',
  description:
    'Masked self-distillation of patch tokens, beside `dino` on the class token in a `weighted-sum`. Needs an encoder with a mask token.',
  source: 'arXiv 2111.07832; lightly',
  judges: 'teacher',
  options,
  requires: () => ['assignments', 'teacher', 'masked-tokens'],
  check,
  create: (o): Objective => ({
    state: ({ width }) => centerState(width),
    mask: (of, { random }) => drawMasks(of, o, random),
    compute: (inputs, context) => {
      const { mask, ...tokens } = tokensOf(inputs);
      const temperature = scheduledAt(o.teacherTemperature, context);
      const [target] = targetsOf(tokens, logits => centered(logits, inputs.tensors.center as Tensor1D, temperature));
      const logits = tf.div<Tensor2D>(tokens.outputs[0], o.studentTemperature);
      const perToken = kernels.softmaxCrossEntropy(logits, target);
      const loss = tf.sum<Scalar>(tf.mul(perToken, tokenWeights(mask, logits.shape[0])));
      return { loss, parts: {}, nextState: { center: nextCenter(tokens, o, context) } };
    },
    // Images without hidden patches add nothing.
    trivial: size => trivialValues(size).map(value => ({ ...value, loss: o.maskedImages * value.loss })),
  }),
});

/** The branches of the masked tokens. They have no codes: the assigner's belong to the views. */
function tokensOf(inputs: ObjectiveInputs): ObjectiveInputs & { readonly mask: Tensor | undefined } {
  const { masked, tensors } = inputs;
  if (!masked) return { ...inputs, mask: tensors.mask };
  return { outputs: [masked.output], targets: [masked.target], codes: [], tensors, mask: masked.mask };
}

/** The share of each masked token in the mean over images of the mean over an image's masked tokens: [M]. */
function tokenWeights(mask: Tensor | undefined, tokens: number): Tensor1D {
  const [images = 0, rows = 0, columns = 0] = mask?.shape ?? [];
  const marks = mask?.dataSync() ?? [];
  const weights: number[] = [];
  for (let image = 0; image < images; image++) {
    const size = rows * columns;
    const masked = marks.slice(image * size, (image + 1) * size).filter(mark => mark !== 0).length;
    for (let token = 0; token < masked; token++) weights.push(1 / (masked * images));
  }
  if (weights.length === tokens) return tf.tensor1d(weights);
  throw new CarlError(
    'SHAPE',
    `ibot got ${tokens} masked tokens, but \`mask\` [${[images, rows, columns].join(', ')}] marks ${weights.length}. Both must come from the same encoder.`,
  );
}

/** Assigners whose prototypes are images of the data set, or whose buffers have a row for each of them. */
const OF_IMAGES = ['instances', 'queue', 'spherical-kmeans'];

function check(o: Options, facts: Facts): Finding[] {
  const found = checkDino('ibot', o, facts);
  const [least, greatest] = o.maskRatio;
  if (least > greatest) {
    const message = `the least share ${least} is above the greatest ${greatest}. Exchange them.`;
    found.push({ severity: 'error', code: 'IBOT_MASK_RANGE', path: 'maskRatio', message });
  }
  const assigner = facts.uses.assigner;
  if (assigner && OF_IMAGES.includes(assigner)) {
    const message = `the assigner \`${assigner}\` assigns images, not patches. Take learned prototypes: \`softmax\` on a \`dino-head\`, \`prototypes\` or \`centering\`.`;
    found.push({ severity: 'error', code: 'IBOT_ASSIGNER', path: '', message });
  }
  return found;
}
