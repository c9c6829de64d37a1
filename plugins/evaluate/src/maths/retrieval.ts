import { tf, type HostMatrix } from '@carl-ssl/core';
import type { Stepwise } from '../stepwise.js';
import { directions, unitRows } from './directions.js';
import type { Labelled } from './k-nearest.js';

export interface RetrievalTask {
  readonly queries: Labelled;
  readonly gallery: Labelled;
  /** Row of each query in the gallery, which is left out of its ranking. */
  readonly own?: Int32Array;
  /** Ranks for precision and recall. */
  readonly k: readonly number[];
}

/** Means over the queries that have an image of their class in the gallery. */
export interface RetrievalScores {
  /** Number of these queries. */
  readonly queries: number;
  readonly meanAveragePrecision: number;
  /** For each k, the mean share of images of the query's class among the k most similar ones. */
  readonly precision: readonly number[];
  /** For each k, the share of queries with an image of their class among the k most similar ones. */
  readonly recall: readonly number[];
}

/** Similarities held at once: 64 MiB of float32. */
const SIMILARITIES = 2 ** 24;
/** Similarities that differ by less than 1 / LEVELS count as equal. */
const LEVELS = 2 ** 23;

/**
 * Retrieval of rows of the same class by cosine similarity. Average precision is the mean, over the relevant rows, of the precision
 * at their rank; rows of equal similarity have the rank of the last one of them, as in scikit-learn. Precision and recall at k are
 * means over all orders of equally similar rows. Yields after every query.
 */
export function* retrieval({ queries, gallery, own, k }: RetrievalTask): Stepwise<RetrievalScores> {
  const sums = { count: 0, precision: 0, at: k.map(() => 0), hit: k.map(() => 0) };
  const ranking = new Ranking(gallery.features.rows);
  const columns = transposed(gallery.features);
  try {
    const unit = unitRows(directions(queries.features), new Float32Array(queries.features.data.length));
    const width = queries.features.columns;
    const height = Math.max(1, Math.floor(SIMILARITIES / gallery.features.rows));
    for (let start = 0; start < queries.features.rows; start += height) {
      const block = unit.subarray(start * width, (start + height) * width);
      const similarities = tf.tidy(() => tf.matMul(tf.tensor2d(block, [block.length / width, width]), columns));
      const values = similarities.dataSync<'float32'>();
      similarities.dispose();
      for (let query = start; query < Math.min(start + height, queries.features.rows); query++) {
        const row = values.subarray(
          (query - start) * gallery.features.rows,
          (query - start + 1) * gallery.features.rows,
        );
        const relevant = ranking.rank(row, { labels: gallery.labels, label: queries.labels[query], own: own?.[query] });
        yield;
        if (relevant === 0) continue;
        sums.count++;
        sums.precision += ranking.averagePrecision();
        k.forEach((count, i) => {
          const { expected, any } = ranking.first(count);
          sums.at[i] += expected / count;
          sums.hit[i] += any;
        });
      }
    }
  } finally {
    columns.dispose();
  }
  return {
    queries: sums.count,
    meanAveragePrecision: sums.precision / sums.count,
    precision: sums.at.map(sum => sum / sums.count),
    recall: sums.hit.map(sum => sum / sums.count),
  };
}

/** Unit rows as columns [D, N]. */
function transposed(rows: HostMatrix): tf.Tensor2D {
  const unit = unitRows(directions(rows), new Float32Array(rows.data.length));
  return tf.tidy(() => tf.transpose(tf.tensor2d(unit, [rows.rows, rows.columns])));
}

interface Query {
  readonly labels: Int32Array;
  readonly label: number;
  readonly own?: number;
}

/** A gallery in the order of its similarity to a query. */
class Ranking {
  /** For each row, twice its level of similarity, plus 1 if it is relevant; in ascending order. */
  readonly #keys: Int32Array;
  #length = 0;
  #relevant = 0;

  constructor(size: number) {
    this.#keys = new Int32Array(size);
  }

  /** Ranks the rows other than `own` and returns the number of relevant ones. */
  rank(similarities: Float32Array, { labels, label, own = -1 }: Query): number {
    this.#length = this.#relevant = 0;
    for (let row = 0; row < similarities.length; row++) {
      if (row === own) continue;
      const relevant = labels[row] === label ? 1 : 0;
      this.#relevant += relevant;
      this.#keys[this.#length++] = 2 * Math.round(similarities[row] * LEVELS) + relevant;
    }
    this.#keys.subarray(0, this.#length).sort();
    return this.#relevant;
  }

  averagePrecision(): number {
    let sum = 0;
    let hits = 0;
    for (const { from, size, relevant } of this.#groups()) {
      hits += relevant;
      sum += relevant * (hits / (from + size));
    }
    return sum / this.#relevant;
  }

  /**
   * Of the first k rows, the expected number of relevant ones, and the probability that there is any, over all orders of rows that
   * are equally similar.
   */
  first(k: number): { readonly expected: number; readonly any: number } {
    let expected = 0;
    let none = 1;
    for (const { from, size, relevant } of this.#groups()) {
      const taken = Math.min(size, k - from);
      if (taken <= 0) break;
      expected += (relevant * taken) / size;
      none *= noneOf({ size, relevant, taken });
    }
    return { expected, any: 1 - none };
  }

  /** Runs of equal similarity, from the largest on. */
  *#groups(): Generator<{ readonly from: number; readonly size: number; readonly relevant: number }> {
    for (let end = this.#length; end > 0;) {
      const level = this.#keys[end - 1] >> 1;
      let start = end;
      let relevant = 0;
      while (start > 0 && this.#keys[start - 1] >> 1 === level) relevant += this.#keys[--start] & 1;
      yield { from: this.#length - end, size: end - start, relevant };
      end = start;
    }
  }
}

/** Probability that none of the relevant ones is among `taken` of `size` rows. */
function noneOf({ size, relevant, taken }: { size: number; relevant: number; taken: number }): number {
  let none = 1;
  for (let i = 0; i < taken; i++) none *= Math.max(0, size - relevant - i) / (size - i);
  return none;
}
