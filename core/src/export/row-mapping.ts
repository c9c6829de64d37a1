import type { NetworkOutput } from '../contracts/evaluator.js';
import type { HostImages } from '../data/host-images.js';
import { mappedRows } from '../evaluate/mapped-features.js';
import type { OutputMap } from '../evaluate/network-output.js';
import type { OpenSubject } from '../evaluate/run-evaluators.js';

/** Maps images to rows of numbers: a vector, then for each set of prototypes the most probable one and its probability. */
export interface RowMapping {
  /** Width of the vector. */
  readonly dim: number;
  /** Number of sets of prototypes; 0 without prototypes. */
  readonly sets: number;
  /** [B, dim + 2 sets]. */
  apply(images: HostImages): Promise<Float32Array>;
  close(): void;
}

/**
 * The mapping by a network in memory, in evaluation mode.
 * @param hasPrototypes whether the network assigns embeddings to prototypes
 * @throws CarlError INPUT_WEIGHTS if weights of the head or the prototypes are missing
 */
export function rowMapping(subject: OpenSubject, output: NetworkOutput, hasPrototypes: boolean): RowMapping {
  const assignments = hasPrototypes ? subject.output!('assignments') : undefined;
  const sizes = assignments?.prototypeSets ?? [];
  const map =
    output === 'embeddings' ? subject.output!('embeddings') : output === 'assignments' ? assignments : undefined;
  const dim = map?.dim ?? subject.features.dim;
  return {
    dim,
    sets: sizes.length,
    apply: async images => {
      const features = await subject.features.apply(images);
      const count = images.shape[0];
      const rowsOf = (one: OutputMap) => mappedRows(one, features, features.length / count);
      const vectors = map ? await rowsOf(map) : features;
      const chosen = !assignments ? new Float32Array() : map === assignments ? vectors : await rowsOf(assignments);
      return joined(count, { vectors, chosen, sizes });
    },
    close: () => {
      if (map !== assignments) map?.close();
      assignments?.close();
      subject.close();
    },
  };
}

interface Joined {
  /** [B, dim]. */
  readonly vectors: Float32Array;
  /** Probabilities [B, K]. */
  readonly chosen: Float32Array;
  /** Number of prototypes in each set; they sum to K. */
  readonly sizes: readonly number[];
}

function joined(count: number, { vectors, chosen, sizes }: Joined): Float32Array {
  const dim = vectors.length / count;
  const width = dim + 2 * sizes.length;
  const rows = new Float32Array(count * width);
  const all = chosen.length / count;
  for (let i = 0; i < count; i++) {
    rows.set(vectors.subarray(i * dim, (i + 1) * dim), i * width);
    let at = i * all;
    for (const [set, size] of sizes.entries()) {
      const own = chosen.subarray(at, (at += size));
      const best = own.reduce((most, value, place) => (value > own[most] ? place : most), 0);
      rows.set([best, own[best]], i * width + dim + 2 * set);
    }
  }
  return rows;
}
