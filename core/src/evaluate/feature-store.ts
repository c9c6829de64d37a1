import type { Augmenter } from '../contracts/augmenter.js';
import type { ImageSet } from '../contracts/image-set.js';
import type { EvaluationControl, FeatureSet } from '../contracts/evaluator.js';
import { CarlError } from '../errors/carl-error.js';
import type { FeatureMap } from './features.js';
import { blocksOf } from './memory-features.js';
import { plainBlock } from './plain-block.js';
import { rowStorage, type RowStorage } from './row-storage.js';

/** Inputs of the features of a split. */
export interface FeatureTask {
  readonly map: FeatureMap;
  readonly images: ImageSet;
  readonly augmenter: Augmenter;
  /** Folder for features that do not fit into memory. */
  readonly folder: string;
}

/** Features of a split: computed when an evaluator first reads them, kept for the evaluators after it. */
export class FeatureStore {
  #rows: Promise<RowStorage> | undefined;

  constructor(private readonly task: FeatureTask) {}

  /** The features for an evaluator. The first evaluator that reads them gets the progress and interruption of computing them. */
  set(control: EvaluationControl): FeatureSet {
    const { images, map } = this.task;
    const { length, labels, multiLabels } = images;
    const rows = async (from: number, to: number) => (await this.#stored(control)).read(from, to);
    return {
      length,
      dim: map.dim,
      // Other evaluators read the same set: each gets a copy.
      ...(labels && { labels: labels.slice() }),
      ...(multiLabels && { multiLabels: multiLabels.slice() }),
      rows,
      blocks: () => blocksOf({ length, dim: map.dim, rows }),
      all: async () => inMemory(length * map.dim, () => rows(0, length)),
    };
  }

  /** False if an evaluator has changed rows that it borrowed. */
  async isUnchanged(): Promise<boolean> {
    const rows = await this.#rows?.catch(() => undefined);
    return rows?.isUnchanged() ?? true;
  }

  async close(): Promise<void> {
    const rows = await this.#rows?.catch(() => undefined);
    await rows?.close();
  }

  #stored(control: EvaluationControl): Promise<RowStorage> {
    this.#rows ??= computed(this.task, control);
    return this.#rows;
  }
}

async function computed(task: FeatureTask, { progress }: EvaluationControl): Promise<RowStorage> {
  const { images, map } = task;
  const storage = await rowStorage({ length: images.length, dim: map.dim }, task.folder);
  try {
    for (let from = 0; from < images.length;) {
      await progress(from, images.length);
      const block = await plainBlock(task, from);
      await storage.write(from, await map.apply(block));
      from += block.shape[0];
    }
    return storage;
  } catch (error) {
    await storage.close();
    throw error;
  }
}

/** Reads so many values into memory. @throws CarlError INPUT_DATA if they do not fit */
export async function inMemory<T>(values: number, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const gibibytes = ((values * Float32Array.BYTES_PER_ELEMENT) / 2 ** 30).toFixed(1);
    throw new CarlError(
      'INPUT_DATA',
      `This evaluator needs all features in memory, but ${gibibytes} GiB do not fit. Evaluate fewer images, or use an evaluator that reads features in blocks.`,
      { cause: error },
    );
  }
}
