import {
  defineComponent,
  divergenceToUniform,
  slots,
  Type,
  type Objective,
  type ObjectiveSize,
  type TrivialValue,
} from '@carl-ssl/core';
import { checkMaskedSiamese } from './advice.js';
import { msnCard } from './cards.js';
import { maskedSiamese, maskedSiameseMatrices } from './masked-siamese.js';
import { maskedSiameseOptions, requiresOf, temperatureOf, type MaskedSiameseOptions } from './options.js';
import { SMALLEST } from './prior.js';

/**
 * MSN's loss: views predict the sharpened assignment that a momentum teacher gives a target view, and the mean assignment
 * is pulled towards uniform. The augmenter or the encoder masks views.
 * @see arXiv 2204.07141
 */
export const msn = defineComponent(slots.objective, {
  use: 'msn',
  description:
    'Views predict the sharpened assignment that a momentum teacher gives to a target view; the mean assignment is regularised towards uniform.',
  source: 'arXiv 2204.07141; github.com/facebookresearch/msn; lightly',
  card: msnCard,
  judges: 'teacher',
  options: Type.Object(maskedSiameseOptions, { additionalProperties: false }),
  requires: requiresOf,
  temperature: temperatureOf,
  check: (o, facts) => checkMaskedSiamese('msn', o, facts),
  create: (o): Objective => ({
    state: () => [],
    compute: (inputs, context) =>
      maskedSiamese(inputs, o, { context, prior: mean => divergenceToUniform(mean, SMALLEST) }),
    matrices: size => maskedSiameseMatrices(o, size),
    trivial: size => trivialValues(o, size),
  }),
});

function trivialValues(
  { regularisationWeight: weight }: MaskedSiameseOptions,
  { width, prototypes = width }: ObjectiveSize,
): TrivialValue[] {
  const logK = Math.log(prototypes);
  return [
    {
      name: 'all assignments are uniform (ln K)',
      loss: logK,
      advice:
        'Lower objective.temperature or objective.sharpenTemperature, take fewer prototypes, or lower optimizer.learningRate.',
    },
    {
      name: 'all images have the same prototype',
      loss: weight * logK,
      advice: 'Raise objective.regularisationWeight, or balance the targets (objective.iterations: 3).',
    },
  ];
}
