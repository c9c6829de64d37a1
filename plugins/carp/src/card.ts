import type { MethodCard } from '@carl-ssl/core';

/** CARP in short. */
export const carpCard: MethodCard = {
  name: 'CARP',
  idea: "CARL's loss within random groups of prototypes, drawn anew at every step, and against a momentum teacher. Small groups allow many prototypes, because a batch can be spread evenly over a group.",
  formula:
    'p = softmax over one group of s prototypes\nloss = mean of -log <p student, p teacher> + entropyWeight (ln s - H(mean assignment in the group))\naveraged over groups and over pairs of a view and a global view of the teacher.',
  trivial:
    'ln s if every image has the uniform assignment in every group; entropyWeight ln s if every image has the same prototype of each group.',
  views: 'Two global views, with multi-crop further local ones; an assigner and a teacher.',
  failures: [
    'A group larger than the batch times its views cannot be used evenly: lower partitionSize or raise the batch size.',
    'A sharp temperature on scores that are no cosines saturates the assignments.',
  ],
  figures: [
    {
      value: '75.3% linear, 67.7% k-NN',
      setting: 'ImageNet, ResNet-50, 400 epochs, 2x224 + 6x96 crops',
      source: 'arXiv 2310.12692',
    },
    {
      value: '75.0% linear at its best epoch',
      setting: 'the same, log of the linear probe',
      source: 'github.com/sthalles/carp',
    },
  ],
};
