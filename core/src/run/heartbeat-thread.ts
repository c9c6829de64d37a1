import { workerData } from 'node:worker_threads';
import { renew } from './claim.js';

/** Program of a thread that renews a claim, also while the main thread computes a long step. */

const { file, milliseconds } = workerData as { readonly file: string; readonly milliseconds: number };

const timer = setInterval(() => {
  // A claim that is gone was taken over; on other errors the next beat may succeed.
  if (!renew(file)) clearInterval(timer);
}, milliseconds);
renew(file);
