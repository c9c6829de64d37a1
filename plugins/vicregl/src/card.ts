import type { MethodCard } from '@carl-ssl/core';

/** VICRegL in short. */
export const vicreglCard: MethodCard = {
  name: 'VICRegL',
  idea: 'VICReg for images and for their parts: besides the embeddings of views, embeddings of patches are compared. Patches match if they show the same place of the image, or if their embeddings are nearest. The features serve segmentation as well as classification.',
  formula:
    'loss = alpha global + (1 - alpha) local\nglobal = VICReg of the embeddings of views\nlocal = sum over two criteria, mean over both directions, of VICReg of patches and their partners\ncriteria: nearest positions, the best `matches` of them; nearest embeddings, all or the best `featureMatches`\nVICReg = invarianceWeight * mean squared difference + varianceWeight * mean of max(0, 1 - deviation) + covarianceWeight * squared covariances of different dimensions.',
  trivial:
    '(2 - alpha) varianceWeight (1 - sqrt(epsilon)), 30.94 by default, if all images and patches have the same embedding.',
  views:
    'Two or more global views of one size, an encoder with tokens for patches (`vit`), and an `mlp-head` with `patchLayers`. Local views take part in the global loss only.',
  failures: [
    'With alpha near 0 the features of patches are trained and those of images are not.',
    'Views of a size that gives few patches leave little to match: lower the patch size or `matches`.',
    "Crops that rarely overlap match patches of different places; the authors' code crops at least 40% of the image by default.",
    'Rotations of views are not part of the positions.',
  ],
  figures: [],
};
