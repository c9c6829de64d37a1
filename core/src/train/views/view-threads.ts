import { Worker } from 'node:worker_threads';
import type { SharedImages } from '../../contracts/image-set.js';
import type { Pipeline } from '../../schema/skeleton.js';
import type { HostImages } from '../../data/host-images.js';

/** Everything that a thread needs to make the views of a run. */
export interface ViewTask {
  readonly pipeline: Pipeline;
  /** Paths of the plugins that are not built in. */
  readonly plugins: readonly string[];
  /** The training images, if the set can be shared; otherwise a thread opens the dataset for itself. */
  readonly images?: SharedImages;
}

export interface ViewRequest {
  readonly id: number;
  readonly epoch: number;
  /** Indices in the training set. */
  readonly images: readonly number[];
}

/** `ready` once; then an answer for each request, without views if they could not be made. */
export interface ViewReply {
  readonly ready?: true;
  readonly id?: number;
  readonly views?: readonly HostImages[];
}

type Settle = (views: readonly HostImages[] | undefined) => void;

/** Threads that make views while a step blocks the main thread. Their views are bit-identical to those of the main thread. */
export class ViewThreads {
  readonly #threads: Worker[];
  readonly #waiting = new Map<number, { readonly thread: number; readonly settle: Settle }>();
  readonly #ready = new Set<number>();
  readonly #gone = new Set<number>();
  #next = 0;

  constructor(task: ViewTask, count: number) {
    this.#threads = Array.from({ length: count }, (_, index) => this.#start(task, index));
  }

  /** True when all threads have opened the images. */
  get ready(): boolean {
    return this.#ready.size === this.#threads.length;
  }

  get size(): number {
    return this.#threads.length;
  }

  /** Requests the views of a batch; undefined if the thread failed, and the caller has to make them. */
  make(epoch: number, images: readonly number[]): Promise<readonly HostImages[] | undefined> {
    const id = this.#next++;
    const thread = id % this.#threads.length;
    if (this.#gone.has(thread)) return Promise.resolve(undefined);
    return new Promise(settle => {
      this.#waiting.set(id, { thread, settle });
      this.#threads[thread].postMessage({ id, epoch, images } satisfies ViewRequest);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(thread => thread.terminate()));
  }

  #start(task: ViewTask, index: number): Worker {
    // Its warnings are dropped: the main thread has read the same files and emitted them already.
    const thread = new Worker(new URL('./view-thread.js', import.meta.url), { workerData: task, stderr: true });
    thread.on('message', ({ ready, id, views }: ViewReply) => {
      if (ready) this.#ready.add(index);
      else this.#settle(id!, views);
    });
    thread.on('error', () => this.#fail(index)).on('exit', () => this.#fail(index));
    return thread;
  }

  #settle(id: number, views: readonly HostImages[] | undefined): void {
    this.#waiting.get(id)?.settle(views);
    this.#waiting.delete(id);
  }

  /** Answers all requests to a thread that has ended. */
  #fail(index: number): void {
    this.#gone.add(index);
    for (const [id, { thread }] of this.#waiting) if (thread === index) this.#settle(id, undefined);
  }
}
