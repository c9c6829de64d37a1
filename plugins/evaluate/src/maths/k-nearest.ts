import type { HostMatrix } from '@carl-ssl/core';
import { cosine, directions } from './directions.js';
import { Largest } from './largest.js';
import { vote, type Voting } from './vote.js';

/** Labelled rows. */
export interface Labelled {
  readonly features: HostMatrix;
  readonly labels: Int32Array;
}

/** Weighted k-NN predictions [M] for queries [M, D] from labelled rows [N, D], by cosine, in float64, all pairs on the host. */
export function kNearest(train: Labelled, queries: HostMatrix, voting: Voting): Int32Array {
  const rows = { a: directions(queries), b: directions(train.features) };
  const nearest = new Largest(voting.k);
  return Int32Array.from({ length: queries.rows }, (_, query) => {
    nearest.clear();
    for (let row = 0; row < train.features.rows; row++) nearest.offer(cosine(rows, query, row), row);
    return vote(nearest, train.labels, voting);
  });
}
