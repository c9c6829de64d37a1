import type { MethodCard } from '@carl-ssl/core';

/** SwAV in short. */
export const swavCard: MethodCard = {
  name: 'SwAV',
  idea: 'Swapped prediction: the code of one view, which Sinkhorn iterations balance over the prototypes, is predicted from the other views. Balanced codes prevent a collapse without negatives.',
  formula:
    'q = Sinkhorn(scores / epsilon), rows sum to 1, prototypes share the batch equally\nloss = mean over pairs of views i != j of - sum over k of q_i log softmax(scores_j / temperature)',
  trivial: 'ln K, the entropy of uniform codes.',
  views:
    'Two global views with codes, with multi-crop further local ones that only predict; an assigner. A queue of earlier embeddings replaces large batches.',
  failures: [
    'With fewer images in batch and queue than prototypes, codes are noise.',
    'The loss stays at ln K while epsilon is too large or the learning rate too high.',
    'Short trainings do not leave the start: with few steps, features can be worse than untrained ones.',
  ],
  figures: [
    {
      value: '72.7% linear',
      setting: 'ImageNet, ResNet-50, 200 epochs at batch 256, 2x224 + 6x96 crops',
      source: 'github.com/facebookresearch/swav',
    },
  ],
};
