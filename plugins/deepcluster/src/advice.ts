import type { Facts, Finding } from '@carl-ssl/core';
import { clusterCounts, type SphericalKMeansOptions } from './spherical-kmeans.js';

/** What is known to go wrong with clustering between epochs. */
export function checkSphericalKMeans(o: SphericalKMeansOptions, facts: Facts): Finding[] {
  return [...checkViews(o, facts), ...checkCounts(o, facts), ...checkMemory(o, facts), ...checkEpochs(facts)];
}

function checkViews({ assignedViews }: SphericalKMeansOptions, { views }: Facts): Finding[] {
  const global = views.filter(({ kind }) => kind === 'global').length;
  if (assignedViews <= global) return [];
  const message = `the embeddings of ${assignedViews} views are to be remembered, the augmenter makes ${global} global ones. Lower assignedViews.`;
  return [{ severity: 'error', code: 'KMEANS_ASSIGNED_VIEWS', path: 'assignedViews', message }];
}

function checkCounts(o: SphericalKMeansOptions, { stepsPerEpoch, batchSize, trainImages }: Facts): Finding[] {
  if (trainImages === undefined || stepsPerEpoch === undefined) return [];
  const most = Math.max(...clusterCounts(o));
  const seen = Math.min(trainImages, stepsPerEpoch * batchSize);
  const path = 'clusters';
  if (most > seen)
    return [
      {
        severity: 'error',
        code: 'KMEANS_MORE_CLUSTERS_THAN_IMAGES',
        path,
        message: `${most} clusters cannot be made of the ${seen} images of an epoch. Take fewer.`,
      },
    ];
  if (most * 5 <= seen) return [];
  const message = `${most} clusters of ${seen} images have fewer than 5 members on average, mostly the same image twice. Take at most ${Math.floor(seen / 5)}; ImageNet's 1.28 million images make 3,000 (arXiv 2006.09882; for too many and too few, 1807.05520, section 4.1).`;
  return [{ severity: 'warning', code: 'KMEANS_SMALL_CLUSTERS', path, message }];
}

const GIBIBYTE = 2 ** 30;

function checkMemory({ assignedViews }: SphericalKMeansOptions, { trainImages, embeddingDim }: Facts): Finding[] {
  const bytes = (trainImages ?? 0) * embeddingDim * 4 * assignedViews;
  if (bytes < GIBIBYTE) return [];
  const message = `the embeddings of all images take ${(bytes / GIBIBYTE).toFixed(1)} GiB of the backend's memory, and twice that while they are clustered. A narrower head or assignedViews: 1 takes less.`;
  return [{ severity: 'warning', code: 'KMEANS_MEMORY', path: '', message }];
}

function checkEpochs({ epochs }: Facts): Finding[] {
  if (epochs >= 5) return [];
  const message = `clusters are made anew between epochs: with ${epochs} of them the network sees hardly any clustering but that of untrained features (arXiv 1807.05520 clusters 500 times). Take more epochs.`;
  return [{ severity: 'warning', code: 'KMEANS_FEW_EPOCHS', path: '', message }];
}
