import { globalViews } from '../contracts/augmenter.js';
import type { Collective } from '../contracts/collective.js';
import type { BatchPlace, StepContext } from '../contracts/step-context.js';
import type { TrainerOptions } from '../schema/skeleton.js';
import { makeViews, orderOf, workerShare, type ViewSource } from './view-batch.js';
import { ThreadCount } from './views/thread-count.js';
import { ViewThreads, type ViewTask } from './views/view-threads.js';
import { toTensor, type HostImages } from '../data/host-images.js';
import { tf } from '../tensor/tf.js';
import type { Batch } from './batch.js';

/** The views of a batch before they become tensors. */
export interface HostBatch {
  readonly views: readonly HostImages[];
  readonly place: BatchPlace;
}

/** Options of the views of a training. */
export interface ViewOptions {
  readonly options: Pick<TrainerOptions, 'batchSize' | 'accumulate' | 'forward'>;
  /** The worker whose share of each batch is made. */
  readonly worker: Pick<Collective, 'rank' | 'size'>;
  readonly task: ViewTask;
  /** Number of threads that make views; undefined to choose it by measurement, 0 to make views between the steps. */
  readonly threads?: number;
}

type Step = Pick<StepContext, 'step' | 'steps' | 'stepsPerEpoch'>;

/**
 * Makes a worker's share of the batches of a step. The images of a batch depend on seed, epoch and step alone, and their
 * views do not depend on the worker or the thread that makes them. Threads make the batches of later steps during a step.
 */
export class Batches {
  readonly #orders = new Map<number, Int32Array>();
  readonly #coming = new Map<number, Promise<readonly HostImages[] | undefined>[]>();
  readonly #count = new ThreadCount();
  #threads: ViewThreads | undefined;

  constructor(
    private readonly source: ViewSource,
    private readonly making: ViewOptions,
  ) {
    if (making.threads) this.#threads = this.#startThreads(making.threads);
  }

  /** The batches of a step; more than one with gradient accumulation. */
  async at(at: Step): Promise<readonly HostBatch[]> {
    const places = this.#places(at);
    const epoch = epochOf(at);
    const coming = this.#coming.get(at.step) ?? [];
    this.#coming.delete(at.step);
    this.#ask(at);
    const batches: HostBatch[] = [];
    for (const [i, place] of places.entries()) {
      const views = (await coming[i]) ?? (await this.#here(epoch, place.images, at));
      batches.push({ views, place });
    }
    return batches;
  }

  /** As tensors, owned by the caller. */
  onDevice({ views, place }: HostBatch): Batch {
    const globals = globalViews(this.source.augmenter.views).length;
    const boxes = views.flatMap(view => (view.boxes ? tf.tensor2d(view.boxes, [view.shape[0], 4]) : []));
    return { views: views.map(toTensor), globalViews: globals, boxes, forward: this.making.options.forward, place };
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    await this.#threads?.close();
  }

  async #here(epoch: number, images: readonly number[], { step, steps }: Step): Promise<readonly HostImages[]> {
    const start = performance.now();
    const views = await makeViews(this.source, epoch, images);
    const { threads, options } = this.making;
    const wanted = this.#count.after(performance.now() - start, (steps - step) * options.accumulate);
    if (threads === undefined && wanted) this.#threads ??= this.#startThreads(wanted);
    return views;
  }

  #startThreads(count: number): ViewThreads {
    const images = this.source.images.share?.(count + 1);
    return new ViewThreads({ ...this.making.task, ...(images && { images }) }, count);
  }

  /** Requests the views of the next steps from the threads, for one step more than there are threads. */
  #ask(at: Step): void {
    const threads = this.#threads;
    if (!threads || (this.making.threads === undefined && !threads.ready)) return;
    for (let step = at.step + 1; step < Math.min(at.steps, at.step + 2 + threads.size); step++) {
      if (this.#coming.has(step)) continue;
      const places = this.#places({ ...at, step });
      this.#coming.set(
        step,
        places.map(({ images }) => threads.make(epochOf({ ...at, step }), images)),
      );
    }
  }

  #places(at: Step): readonly BatchPlace[] {
    const { batchSize, accumulate } = this.making.options;
    const epoch = epochOf(at);
    const order = this.#order(epoch);
    const first = (at.step - epoch * at.stepsPerEpoch) * accumulate;
    return Array.from({ length: accumulate }, (_, i) => {
      const number = first + i;
      const globalImages = [...order.subarray(number * batchSize, (number + 1) * batchSize)];
      return { number, globalImages, images: workerShare(globalImages, this.making.worker) };
    });
  }

  #order(epoch: number): Int32Array {
    const order = this.#orders.get(epoch) ?? orderOf(epoch, this.source);
    this.#orders.set(epoch, order);
    for (const old of this.#orders.keys()) if (old < epoch - 1) this.#orders.delete(old);
    return order;
  }
}

const epochOf = ({ step, stepsPerEpoch }: Step): number => Math.floor(step / stepsPerEpoch);
