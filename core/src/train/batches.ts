import type { BatchPlace, StepContext } from '../contracts/step-context.js';
import type { TrainerOptions } from '../schema/skeleton.js';
import type { Batch } from './loss.js';
import { makeViews, orderOf, toTensor, type HostImages, type ViewSource } from './view-batch.js';

/** The views of a batch before they become tensors. */
export interface HostBatch {
  readonly views: readonly HostImages[];
  readonly place: BatchPlace;
}

/** Makes the batches of a step; which images they hold depends on seed, epoch and step alone. */
export class Batches {
  #order: { epoch: number; indices: Int32Array } | undefined;

  constructor(
    private readonly source: ViewSource,
    private readonly options: Pick<TrainerOptions, 'batchSize' | 'accumulate' | 'forward'>,
  ) {}

  /** The batches of a step; more than one with gradient accumulation. */
  async at({ step, epoch, stepsPerEpoch }: StepContext): Promise<readonly HostBatch[]> {
    const { batchSize, accumulate } = this.options;
    if (this.#order?.epoch !== epoch) this.#order = { epoch, indices: orderOf(epoch, this.source) };
    const first = (step - epoch * stepsPerEpoch) * accumulate;
    const batches: HostBatch[] = [];
    for (let number = first; number < first + accumulate; number++) {
      const images = [...this.#order.indices.subarray(number * batchSize, (number + 1) * batchSize)];
      batches.push({ views: await makeViews(this.source, epoch, images), place: { number, images } });
    }
    return batches;
  }

  /** As tensors, owned by the caller. */
  onDevice({ views, place }: HostBatch): Batch {
    const globalViews = this.source.augmenter.views.filter(({ kind }) => kind === 'global').length;
    return { views: views.map(toTensor), globalViews, forward: this.options.forward, place };
  }
}
