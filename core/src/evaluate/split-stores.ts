import type { Augmenter } from '../contracts/augmenter.js';
import type { ImageSet } from '../contracts/image-set.js';
import type { SplitName } from '../contracts/dataset.js';
import { FeatureStore } from './feature-store.js';
import type { FeatureMap } from './features.js';

/** Features of each split of a dataset. */
export type SplitFeatures = Partial<Record<SplitName, FeatureStore>> & { readonly train: FeatureStore };

/** Images of a dataset, and how their features are computed. */
export interface SplitTask {
  readonly splits: { readonly train: ImageSet; readonly validation?: ImageSet; readonly test?: ImageSet };
  /** The map to the features of the encoder, or of one of its layers. */
  readonly mapAt: (layer: string | undefined) => FeatureMap;
  readonly augmenter: Augmenter;
  /** Folder for features that do not fit into memory. */
  readonly folder: string;
}

/** Features of one subject on one dataset, at all layers that evaluators ask for. */
export class SplitStores {
  readonly #stores = new Map<string | undefined, SplitFeatures>();

  constructor(private readonly task: SplitTask) {}

  at(layer: string | undefined): SplitFeatures {
    const known = this.#stores.get(layer) ?? this.#open(layer);
    this.#stores.set(layer, known);
    return known;
  }

  /** Drops features that an evaluator has changed, so that the next one gets them computed again. True if there were any. */
  async dropChanged(): Promise<boolean> {
    let found = false;
    for (const [layer, stores] of this.#stores) {
      const unchanged = await Promise.all(Object.values(stores).map(store => store.isUnchanged()));
      if (unchanged.every(Boolean)) continue;
      found = true;
      this.#stores.delete(layer);
      await close(stores);
    }
    return found;
  }

  async close(): Promise<void> {
    for (const stores of this.#stores.values()) await close(stores);
  }

  #open(layer: string | undefined): SplitFeatures {
    const { splits, mapAt, augmenter, folder } = this.task;
    const map = mapAt(layer);
    const store = (images: ImageSet) => new FeatureStore({ map, images, augmenter, folder });
    const { train, validation, test } = splits;
    return {
      train: store(train),
      ...(validation && { validation: store(validation) }),
      ...(test && { test: store(test) }),
    };
  }
}

async function close(stores: SplitFeatures): Promise<void> {
  for (const store of Object.values(stores)) await store.close();
}
