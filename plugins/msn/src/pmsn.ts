import { defineComponent, slots, Type, type Objective, type ObjectiveSize, type TrivialValue } from '@carl-ssl/core';
import { checkMaskedSiamese } from './advice.js';
import { pmsnCard } from './cards.js';
import { maskedSiamese, maskedSiameseMatrices } from './masked-siamese.js';
import { maskedSiameseOptions, requiresOf, temperatureOf } from './options.js';
import { divergenceFromPowerLaw, powerLaw } from './prior.js';

const options = Type.Object(
  {
    ...maskedSiameseOptions,
    powerLawExponent: Type.Number({
      minimum: 0,
      default: 0.25,
      description:
        'Exponent of the prior: the probability of the k-th prototype is proportional to k^-exponent; 0 is uniform.',
    }),
  },
  { additionalProperties: false },
);

/**
 * PMSN: MSN with a power law as prior of the mean assignment, for data whose classes are of unequal size.
 * @see arXiv 2210.07277
 */
export const pmsn = defineComponent(slots.objective, {
  use: 'pmsn',
  description: 'MSN with a power-law prior for the mean assignment, for classes of unequal size.',
  source: 'arXiv 2210.07277; lightly',
  card: pmsnCard,
  judges: 'teacher',
  options,
  requires: requiresOf,
  temperature: temperatureOf,
  check: (o, facts) => checkMaskedSiamese('pmsn', o, facts),
  create: (o): Objective => ({
    state: () => [],
    compute: (inputs, context) =>
      maskedSiamese(inputs, o, { context, prior: mean => divergenceFromPowerLaw(mean, o.powerLawExponent) }),
    matrices: size => maskedSiameseMatrices(o, size),
    trivial: size => uniformValue(o, size),
  }),
});

function uniformValue(
  { regularisationWeight, powerLawExponent }: { regularisationWeight: number; powerLawExponent: number },
  { width, prototypes = width }: ObjectiveSize,
): TrivialValue[] {
  return [
    {
      name: 'all assignments are uniform (ln K plus the divergence of the power law from uniform)',
      loss: Math.log(prototypes) + regularisationWeight * divergence(prototypes, powerLawExponent),
      advice:
        'Lower objective.temperature or objective.sharpenTemperature, take fewer prototypes, or lower optimizer.learningRate.',
    },
  ];
}

/** KL divergence of the power law over K prototypes from the uniform distribution. */
function divergence(count: number, exponent: number): number {
  return powerLaw(count, exponent).reduce((sum, share) => sum + share * Math.log(share * count), 0);
}
