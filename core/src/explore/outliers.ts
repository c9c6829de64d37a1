import { dirname, resolve } from 'node:path';
import { tmpdir } from 'node:os';
import { Augmenter } from '../contracts/augmenter.js';
import type { EvaluationControl, FeatureSet } from '../contracts/evaluator.js';
import type { ImageSet } from '../contracts/image-set.js';
import { CarlError } from '../errors/carl-error.js';
import { FeatureStore } from '../evaluate/feature-store.js';
import type { TrainedNetwork } from '../export/trained-network.js';
import { counted } from '../text/counted.js';
import { Groups } from './groups.js';
import { Largest } from './largest.js';
import { namedImage, type NamedImage } from './named-image.js';
import { similarities, type Similarities } from './similarities.js';

/** How outliers and near duplicates are found. */
export interface OutlierChoice {
  readonly images: ImageSet;
  /** Number of outliers. */
  readonly count: number;
  /** k: an outlier is far from its k-th nearest neighbour. */
  readonly k: number;
  /** Cosine above which two images are near duplicates. */
  readonly threshold: number;
  /** File of the results, beside which features of more than 1 GiB are kept while they are compared. */
  readonly out?: string;
  /** Progress of computing the features, then of comparing them. */
  readonly control: EvaluationControl;
  readonly comparison: EvaluationControl;
}

/** Unusual images and near duplicates of a set. */
export interface Outliers {
  readonly images: number;
  readonly k: number;
  readonly threshold: number;
  /** Median over the images of the cosine to the nearest neighbour. */
  readonly medianCosine: number;
  /** The images with the largest distance, largest first. */
  readonly outliers: readonly Outlier[];
  /** Images that are linked by near duplicates, the largest group first. */
  readonly duplicates: readonly (readonly Duplicate[])[];
}

interface Outlier extends NamedImage {
  /** 1 - cosine to the k-th nearest neighbour, 0 to 2. */
  readonly distance: number;
  readonly nearest: NamedImage & { readonly cosine: number };
}

export interface Duplicate extends NamedImage {
  /** The largest cosine to another image. */
  readonly cosine: number;
}

/**
 * Compares the features of all pairs of images. The memory needed grows by a few numbers for each image; larger features are
 * kept in a temporary file.
 * @throws CarlError INPUT_ARGUMENT for fewer than k + 1 images, INPUT_DATA, INPUT_WEIGHTS, DISK
 */
export async function findOutliers(network: TrainedNetwork, choice: OutlierChoice): Promise<Outliers> {
  const { images, k, out } = choice;
  if (images.length <= k)
    throw new CarlError(
      'INPUT_ARGUMENT',
      `${counted(images.length, 'image')} are too few for the distance to the neighbour number ${k}. Add images, or set a smaller --k.`,
    );
  const subject = network.open();
  const augmenter = network.loaded.services.get(Augmenter);
  const folder = out === undefined ? tmpdir() : dirname(resolve(out));
  const store = new FeatureStore({ map: subject.features, images, augmenter, folder });
  try {
    const features = store.set(choice.control);
    // All features are computed before the first comparison, so that each has a progress of its own.
    await features.rows(0, 1);
    return await compared(features, choice);
  } finally {
    await store.close();
    subject.close();
  }
}

async function compared(features: FeatureSet, choice: OutlierChoice): Promise<Outliers> {
  const { images, k, threshold, comparison } = choice;
  const near = new NearestNeighbours(images.length, k);
  const groups = new Groups(images.length);
  for await (const block of similarities(features, comparison)) {
    near.add(block);
    joinPairs(groups, block, threshold);
  }
  const named = (index: number) => namedImage(images, index);
  return {
    ...{ images: images.length, k, threshold },
    medianCosine: median(near.cosines),
    outliers: near.farthest(choice.count).map(({ place, value }) => ({
      ...named(place),
      distance: value,
      nearest: { ...named(near.nearest[place]), cosine: near.cosines[place] },
    })),
    duplicates: groups.all().map(group => group.map(place => ({ ...named(place), cosine: near.cosines[place] }))),
  };
}

function joinPairs(groups: Groups, { row, column, width, cosines }: Similarities, threshold: number): void {
  for (let i = 0; i * width < cosines.length; i++)
    for (let j = Math.max(0, row + i + 1 - column); j < width; j++)
      if (cosines[i * width + j] > threshold) groups.join(row + i, column + j);
}

/** The k largest cosines of each image to others, and its nearest neighbour. */
class NearestNeighbours {
  readonly nearest: Int32Array;
  /** The largest cosine of each image. */
  readonly cosines: Float32Array;
  /** [N, k], largest first. */
  readonly #largest: Float32Array;

  constructor(
    private readonly length: number,
    private readonly k: number,
  ) {
    this.nearest = new Int32Array(length);
    this.cosines = new Float32Array(length).fill(-Infinity);
    this.#largest = new Float32Array(length * k).fill(-Infinity);
  }

  add({ row, column, width, cosines }: Similarities): void {
    for (let i = 0; i * width < cosines.length; i++) {
      const last = (row + i + 1) * this.k - 1;
      for (let j = 0; j < width; j++)
        if (cosines[i * width + j] > this.#largest[last]) this.#insert(row + i, column + j, cosines[i * width + j]);
    }
  }

  /** Images with the largest 1 - cosine to their k-th neighbour. */
  farthest(count: number): Largest['entries'] {
    const largest = new Largest(count);
    for (let image = 0; image < this.length; image++) largest.add(1 - this.#largest[(image + 1) * this.k - 1], image);
    return largest.entries;
  }

  #insert(image: number, other: number, value: number): void {
    if (image === other) return;
    const cosine = Math.min(1, value);
    if (cosine > this.cosines[image]) {
      this.cosines[image] = cosine;
      this.nearest[image] = other;
    }
    const own = this.#largest.subarray(image * this.k, (image + 1) * this.k);
    let at = this.k - 1;
    for (; at > 0 && own[at - 1] < cosine; at--) own[at] = own[at - 1];
    own[at] = cosine;
  }
}

function median(values: Float32Array): number {
  const sorted = values.toSorted();
  return sorted[Math.floor(sorted.length / 2)];
}
