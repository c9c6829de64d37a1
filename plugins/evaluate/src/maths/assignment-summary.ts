/** Some rows of assignments, the columns of one set of prototypes among others. */
export interface AssignmentRows {
  /** Place of the first row. */
  readonly from: number;
  /** [rows, stride]. */
  readonly data: Float32Array;
  readonly stride: number;
  /** First column of the set. */
  readonly column: number;
}

/** Collects assignments p [N, K] block by block. */
export class AssignmentSummary {
  /** The most probable prototype of each image; of equal ones, the first. */
  readonly clusters: Int32Array;
  readonly #sums: Float64Array;
  #entropies = 0;

  constructor(
    readonly count: number,
    private readonly images: number,
  ) {
    this.clusters = new Int32Array(images);
    this.#sums = new Float64Array(count);
  }

  add({ from, data, stride, column }: AssignmentRows): void {
    for (let start = column, row = from; start < data.length; start += stride, row++) {
      const p = data.subarray(start, start + this.count);
      let largest = 0;
      for (let k = 0; k < p.length; k++) {
        if (p[k] > p[largest]) largest = k;
        if (p[k] > 0) this.#entropies -= p[k] * Math.log(p[k]);
        this.#sums[k] += p[k];
      }
      this.clusters[row] = largest;
    }
  }

  /** Number of different clusters. */
  get used(): number {
    return new Set(this.clusters).size;
  }

  /** Mean over the images of the entropy of p, in nats. */
  get meanEntropy(): number {
    return this.#entropies / this.images;
  }

  /** Entropy of the mean of p over the images, in nats. */
  get entropyOfMean(): number {
    return this.#sums.reduce((sum, total) => {
      const mean = total / this.images;
      return mean > 0 ? sum - mean * Math.log(mean) : sum;
    }, 0);
  }
}
