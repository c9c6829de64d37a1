import type { MethodCard } from '@carl-ssl/core';

/** SimMIM in short. */
export const simmimCard: MethodCard = {
  name: 'SimMIM',
  idea: 'Most of an image is masked: a learned token takes the place of random squares of patches before the encoder. A linear head predicts the pixels of the masked patches from their tokens. There are no pairs of views, no teacher and no negatives.',
  formula:
    'loss = mean over the values of masked pixels of |predicted - pixel|\npixels: those of the view, normalised by the augmenter.',
  trivial:
    'The loss of predicting the mean of all masked patches, which depends on the images: the note `objective.meanPatchLoss`. No collapse to a constant feature has a lower loss.',
  views:
    'One view, cropped and mirrored; an encoder with a mask token (`vit` with `maskToken: true`); a head with one linear layer, as wide as a patch has values (height * width * channels).',
  failures: [
    'With few or small masked squares, a pixel can be copied from its neighbours, and the features stay poor: raise maskRatio or maskSize.',
    'The class token is not trained to describe the image. The last block prepares pixels. Evaluate the mean of the patch tokens after an earlier block, such as `output: block1-mean`.',
    'k-NN and linear probes are far below those of methods that compare views; the paper fine-tunes the encoder.',
  ],
  figures: [],
};
