import { CarlError, defineComponent, kernels, scheduledAt, slots, targetsOf, type Objective } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { centerState, centered } from './center.js';
import { checkDino, trivialValues } from './advice.js';
import { nextCenter, selfDistillationOptions } from './dino.js';

/**
 * iBOT's loss on masked patch tokens: cross-entropy of the learning branch's tokens, which it sees masked, to the centred
 * and sharpened assignment that the teacher gives the same tokens unmasked. The first view and teacher hold the masked
 * tokens [M, K] of all images in the row-major order of `mask` [images, rows, columns]; every image counts the same.
 * @see arXiv 2111.07832, equation 2
 */
export const ibot = defineComponent(slots.objective, {
  use: 'ibot',
  description:
    'Masked self-distillation of patch tokens. Needs an encoder that masks and gives its patch tokens (`tokens`), with their mask.',
  source: 'arXiv 2111.07832; lightly',
  options: selfDistillationOptions,
  requires: () => ['assignments', 'teacher', 'tokens'],
  check: (o, facts) => checkDino('ibot', o, facts),
  create: (o): Objective => ({
    state: ({ width }) => centerState(width),
    compute: (inputs, context) => {
      const { center, mask } = inputs.tensors;
      const temperature = scheduledAt(o.teacherTemperature, context);
      const [target] = targetsOf(inputs, logits => centered(logits, center as Tensor1D, temperature));
      const logits = tf.div<Tensor2D>(inputs.views[0], o.studentTemperature);
      const perToken = kernels.softmaxCrossEntropy(logits, target);
      const loss = tf.sum<Scalar>(tf.mul(perToken, tokenWeights(mask, logits.shape[0])));
      return { loss, parts: {}, after: { center: nextCenter(inputs, o, context) } };
    },
    trivial: trivialValues,
  }),
});

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
