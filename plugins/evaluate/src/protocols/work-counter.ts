import type { EvaluationControl } from '@carl-ssl/core';

/** Reports progress before a piece of work of so many images. */
export type WorkCounter = (images: number) => Promise<void>;

/** Counts images up to an expected total. */
export function workCounter(progress: EvaluationControl['progress'], total: number): WorkCounter {
  let done = 0;
  return async images => {
    await progress(Math.min(done, total), total);
    done += images;
  };
}
