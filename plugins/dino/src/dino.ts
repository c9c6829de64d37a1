import { crossEntropyMatrices, defineComponent, scheduledAt, slots, Type, type Objective } from '@carl-ssl/core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { checkDino, trivialValues } from './advice.js';
import { dinoCard } from './cards.js';
import { centerState, nextCenter } from './center.js';
import { distillation } from './distillation.js';
import { selfDistillationOptions, studentTemperatureOf } from './options.js';

/**
 * DINO's loss: cross-entropy of every view to the centred and sharpened assignment that a momentum teacher gives every
 * other global view. Logits [B, K]; the centre follows the mean of the teacher's logits.
 * @see arXiv 2104.14294, equation 1
 */
export const dino = defineComponent(slots.objective, {
  use: 'dino',
  description:
    'Self-distillation: each view predicts the centred and sharpened assignment that a momentum teacher gives to another view.',
  source: 'arXiv 2104.14294; github.com/facebookresearch/dino',
  card: dinoCard,
  judges: 'teacher',
  options: Type.Object(selfDistillationOptions, { additionalProperties: false }),
  requires: () => ['assignments', 'teacher'],
  temperature: studentTemperatureOf,
  check: checkDino,
  create: (o): Objective => ({
    state: ({ width }) => centerState(width),
    matrices: crossEntropyMatrices,
    compute: (inputs, context) => {
      const center = inputs.tensors.center as Tensor1D;
      const teacher = scheduledAt(o.teacherTemperature, context);
      const loss = distillation(inputs, { student: o.studentTemperature, teacher, center });
      return { loss, parts: {}, nextState: { center: nextCenter(inputs, { momentum: o.centerMomentum }, context) } };
    },
    trivial: trivialValues,
  }),
});
