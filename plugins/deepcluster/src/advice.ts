import { error, globalViews, needsHeadScores, warning, type Facts, type Finding } from '@carl-ssl/core';

/** Checks for known problems of hard assignment without balancing. */
export function checkKMeansAssign({ count }: { readonly count?: number }, facts: Facts): Finding[] {
  const found = count === undefined ? needsHeadScores(facts) : [];
  if (facts.uses.objective === 'carl' || facts.uses.objective === 'carp') return found;
  const message =
    'nothing keeps all images from choosing the same prototype here: a loss of 0 without learning. Balance the codes (sinkhorn), cluster all embeddings (spherical-kmeans), or take an objective with an entropy regulariser (carl).';
  return [...found, warning('KMEANS_ASSIGN_UNBALANCED', '', message)];
}

export interface SphericalKMeansSettings {
  /** K of every set of prototypes. */
  readonly counts: readonly number[];
  readonly assignedViews: number;
}

/** Checks for known problems of clustering between epochs. */
export function checkSphericalKMeans(o: SphericalKMeansSettings, facts: Facts): Finding[] {
  return [...checkViews(o, facts), ...checkCounts(o, facts), ...checkMemory(o, facts), ...checkEpochs(facts)];
}

function checkViews({ assignedViews }: SphericalKMeansSettings, { views }: Facts): Finding[] {
  const global = globalViews(views).length;
  if (assignedViews <= global) return [];
  const message = `the embeddings of ${assignedViews} views are kept, the augmenter makes ${global} global ones. Lower assignedViews.`;
  return [error('KMEANS_ASSIGNED_VIEWS', 'assignedViews', message)];
}

function checkCounts({ counts }: SphericalKMeansSettings, { stepsPerEpoch, batchSize, trainImages }: Facts): Finding[] {
  if (trainImages === undefined || stepsPerEpoch === undefined) return [];
  const most = Math.max(...counts);
  const seen = Math.min(trainImages, stepsPerEpoch * batchSize);
  if (most > seen) {
    const message = `${most} clusters cannot be made of the ${seen} images of an epoch. Take fewer.`;
    return [error('KMEANS_MORE_CLUSTERS_THAN_IMAGES', 'clusters', message)];
  }
  if (most * 5 <= seen) return [];
  const message = `${most} clusters of ${seen} images have fewer than 5 members on average, mostly the same image twice. Take at most ${Math.floor(seen / 5)}; ImageNet's 1.28 million images make 3,000 (arXiv 2006.09882; for too many and too few, 1807.05520, section 4.1).`;
  return [warning('KMEANS_SMALL_CLUSTERS', 'clusters', message)];
}

const GIBIBYTE = 2 ** 30;

function checkMemory({ assignedViews }: SphericalKMeansSettings, { trainImages, embeddingDim }: Facts): Finding[] {
  const bytes = (trainImages ?? 0) * embeddingDim * 4 * assignedViews;
  if (bytes < GIBIBYTE) return [];
  const message = `the embeddings of all images take ${(bytes / GIBIBYTE).toFixed(1)} GiB of the backend's memory, and twice that while they are clustered. A narrower head or assignedViews: 1 takes less.`;
  return [warning('KMEANS_MEMORY', '', message)];
}

function checkEpochs({ epochs }: Facts): Finding[] {
  if (epochs >= 5) return [];
  const message = `clusters are made anew between epochs: in ${epochs} epochs the network learns from hardly any clusters but those of untrained features (arXiv 1807.05520 clusters 500 times). Take more epochs.`;
  return [warning('KMEANS_FEW_EPOCHS', '', message)];
}
