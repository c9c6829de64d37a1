import type { MethodCard } from '@carl-ssl/core';

/** BYOL in short. */
export const byolCard: MethodCard = {
  name: 'BYOL',
  idea: 'The prediction of one view should equal the embedding that a momentum teacher gives to the other. There are no negatives; predictor, stopped gradient and the slow teacher prevent a collapse in practice.',
  formula: 'loss = sum over pairs of views i != j of 2 - 2 cos(prediction of view j, teacher embedding of view i)',
  trivial: '0 if every image has the same embedding: a low loss alone says nothing; watch the spread of the features.',
  views:
    'Two global views, in the paper with different blur and solarization (`byol-views`); a predictor and a teacher.',
  failures: [
    'Without batch norm in head and predictor it often collapses.',
    'Small batches make batch statistics noisy, which here also weakens the protection from a collapse.',
    'Short trainings: with few steps, features can be worse than untrained ones.',
  ],
  figures: [
    { value: '74.3% linear', setting: 'ImageNet, ResNet-50, 1000 epochs at batch 4096', source: 'arXiv 2006.07733' },
    {
      value: '74.4% linear',
      setting: 'the published weights of this training',
      source: 'github.com/google-deepmind/deepmind-research, byol',
    },
  ],
};

/** SimSiam in short. */
export const simsiamCard: MethodCard = {
  name: 'SimSiam',
  idea: 'BYOL without a teacher: the target is the embedding of the other view by the same network, with a stopped gradient.',
  formula:
    'loss = - mean over pairs of views i != j of cos(prediction of view j, embedding of view i without gradient)',
  trivial: '-1 if every image has the same embedding: a low loss alone says nothing; watch the spread of the features.',
  views: 'Two views and a predictor.',
  failures: [
    'Without the stopped gradient, or without batch norm in the head, it collapses.',
    'Too little weight decay or too high a learning rate leads to a partial collapse, which the effective rank shows.',
  ],
  figures: [
    { value: '68.1% linear', setting: 'ImageNet, ResNet-50, 100 epochs at batch 512', source: 'arXiv 2011.10566' },
  ],
};
