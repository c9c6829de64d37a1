import type { MethodCard } from '@carl-ssl/core';

/** CARL in short. */
export const carlCard: MethodCard = {
  name: 'CARL',
  idea: 'Contrastive learning as clustering: both views of an image are assigned to learned prototypes, and the two assignments should agree. A regulariser keeps all prototypes in use; there are no negatives, no k-means and no Sinkhorn.',
  formula:
    'p = softmax(scores / temperature)\nloss = mean of -log <p1, p2> + entropyWeight (ln K - H(mean assignment))\nK prototypes; H is the entropy over batch and views.',
  trivial:
    'ln K if every image has the uniform assignment; entropyWeight ln K if every image has the same prototype. The parts show which of them: consistency is ln m and the regulariser ln K - ln m if all images share m prototypes.',
  views: 'Two or more views, and an assigner such as `prototypes`. No teacher is needed.',
  failures: [
    'With a low entropyWeight at the start, all images gather on a few prototypes; start high and let it fall.',
    'The mean assignment of a batch cannot be uniform over more prototypes than the batch has views.',
    'At low temperatures assignments saturate and gradients vanish.',
  ],
  figures: [],
};
