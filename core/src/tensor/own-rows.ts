import type { Collective } from '../contracts/collective.js';
import type { Pass } from '../contracts/weights.js';

/**
 * Positions of the `count` rows of this worker among the rows of the global batch. Views stand one after another, each
 * with the B `images` of a worker: row i of view v is at v * N + rank * B + i, with N = size * B.
 */
export function ownRows(count: number, images: number, { rank, size }: Pick<Collective, 'rank' | 'size'>): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => {
    const view = Math.floor(row / images);
    return view * images * size + rank * images + (row % images);
  });
}

/**
 * One random value for each row of this worker. Values are drawn for all rows of the global batch, from a stream that is
 * the same on all workers, so that a row has the same value for any number of workers.
 */
export function drawnRows(count: number, pass: Pass, draw: () => number): Float32Array {
  const { collective, images = count } = pass;
  const all = Float32Array.from({ length: count * collective.size }, draw);
  return Float32Array.from(ownRows(count, images, collective), place => all[place]);
}
