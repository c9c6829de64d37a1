import type { MethodCard } from '@carl-ssl/core';

/** DeepCluster v2 in short. */
export const deepclusterCard: MethodCard = {
  name: 'DeepCluster v2',
  idea: 'Between epochs, the embeddings of all images are clustered by spherical k-means; during an epoch, all views of an image predict its cluster. The centroids are the prototypes, and several clusterings are learned at once.',
  formula:
    'cluster = nearest centroid of the embedding kept from the epoch before\nloss = mean over views and clusterings of - log softmax(scores / temperature)[cluster]',
  trivial: 'ln K if every image is predicted to be in all clusters alike; 0 if all images are in one cluster.',
  views:
    'Two global views, with multi-crop further local ones; the assigner `spherical-kmeans`, which keeps an embedding of every image.',
  failures: [
    'Few epochs: clusters are renewed only between epochs, so that the network learns the clusters of untrained features.',
    'More clusters than a fifth of the images: most have a few members, which are often the same image.',
  ],
  figures: [
    {
      value: '75.2% linear',
      setting: 'ImageNet, ResNet-50, 800 epochs at batch 4096, 2x224 + 6x96 crops',
      source: 'arXiv 2006.09882; github.com/facebookresearch/swav',
    },
  ],
};
