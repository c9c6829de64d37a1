import type { Tensor2D } from '@tensorflow/tfjs-core';
import { tf, type HostMatrix } from '@carl-ssl/core';
import { cosine, directions, unitRows, type Directions } from './directions.js';
import type { Labelled } from './k-nearest.js';
import { Largest } from './largest.js';
import { vote, type Voting } from './vote.js';

/** Similarities held at once: 64 MiB of float32. */
const SIMILARITIES = 2 ** 24;
/** Multiplications for them: a fraction of a second of work. */
const PRODUCTS = 2 ** 32;

/** One query against all training rows. */
interface Query {
  readonly index: number;
  readonly rows: { readonly a: Directions; readonly b: Directions };
  /** Its similarities [N] as the backend computed them. */
  readonly approximate: Float32Array;
}

/**
 * Exactly the predictions of `kNearest`, with similarities computed on the active backend. It holds one copy of the
 * training rows and blocks of similarities of at most 64 MiB (or of one query). The float32 similarities only
 * preselect: every row that could be among the k nearest within the rounding error is compared again in float64.
 * @param progress gets the number of queries done, between blocks; its error ends the search
 */
export async function kNearestOnBackend(
  { train, queries }: { readonly train: Labelled; readonly queries: HostMatrix },
  voting: Voting,
  progress: (done: number) => Promise<void> = () => Promise.resolve(),
): Promise<Int32Array> {
  const rows = { a: directions(queries), b: directions(train.features) };
  const predictions = new Int32Array(queries.rows);
  const ranking = new Ranking(voting.k, rounding(queries.columns));
  for await (const { start, similarities } of blocks(rows.a, rows.b)) {
    await progress(start);
    const count = train.features.rows;
    for (let i = 0; i * count < similarities.length; i++) {
      const approximate = similarities.subarray(i * count, (i + 1) * count);
      const nearest = ranking.nearest({ index: start + i, rows, approximate });
      predictions[start + i] = vote(nearest, train.labels, voting);
    }
  }
  return predictions;
}

async function* blocks(
  queries: Directions,
  train: Directions,
): AsyncGenerator<{ start: number; similarities: Float32Array }> {
  const height = Math.max(1, Math.floor(Math.min(SIMILARITIES, PRODUCTS / train.columns) / train.rows));
  const unit = unitRows(queries, new Float32Array(queries.data.length));
  const columns = uploadColumns(train);
  try {
    for (let start = 0; start < queries.rows; start += height) {
      const block = unit.subarray(start * queries.columns, (start + height) * queries.columns);
      yield { start, similarities: await products(block, columns) };
    }
  } finally {
    columns.dispose();
  }
}

/** Unit rows as columns [D, N]. */
function uploadColumns(rows: Directions): Tensor2D {
  const unit = unitRows(rows, new Float32Array(rows.data.length));
  return tf.tidy(() => tf.transpose(tf.tensor2d(unit, [rows.rows, rows.columns])));
}

async function products(rows: Float32Array, columns: Tensor2D): Promise<Float32Array> {
  const width = columns.shape[0];
  const result = tf.tidy(() => tf.matMul(tf.tensor2d(rows, [rows.length / width, width]), columns));
  const values = (await result.data()) as Float32Array;
  result.dispose();
  return values;
}

/** Largest rounding error of a cosine of unit rows of that width in float32. */
function rounding(width: number): number {
  return (width + 4) * 2 ** -24;
}

/** Ranks training rows exactly, given similarities that are off by up to `error`. */
class Ranking {
  private readonly rough: Largest;
  private readonly exact: Largest;

  constructor(
    k: number,
    private error: number,
  ) {
    this.rough = new Largest(k);
    this.exact = new Largest(k);
  }

  /**
   * The k most similar rows of one query. If an error is larger than assumed, as on devices that multiply in less than
   * float32, the assumed error is increased and the search repeated.
   */
  nearest(query: Query): Largest {
    this.rough.clear();
    query.approximate.forEach((value, row) => this.rough.offer(value, row));
    let seen = this.rank(query);
    while (seen > this.error) {
      this.error = 4 * seen;
      seen = this.rank(query);
    }
    return this.exact;
  }

  /** Fills the exact ranking and returns the largest error met. */
  private rank({ index, rows, approximate }: Query): number {
    const least = this.rough.smallest - 2 * this.error;
    let seen = 0;
    this.exact.clear();
    for (let row = 0; row < approximate.length; row++) {
      if (approximate[row] < least) continue;
      const similarity = cosine(rows, index, row);
      seen = Math.max(seen, Math.abs(similarity - approximate[row]));
      this.exact.offer(similarity, row);
    }
    return seen;
  }
}
