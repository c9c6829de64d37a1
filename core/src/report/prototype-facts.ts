/** Use of the prototypes by some images at one checkpoint. Plain data. */
export interface PrototypeUse {
  /** Optimizer steps. */
  readonly step: number;
  readonly images: number;
  /** K, over all sets. */
  readonly count: number;
  /** Sets of prototypes, each with its own softmax. */
  readonly sets: number;
  /** Prototypes that have the largest assignment of at least one image. */
  readonly used: number;
  /** exp of the entropy of the mean assignment, added over the sets. */
  readonly perplexity: number;
  /** Mean entropy of an image's assignment over its largest possible value: 0 is one-hot, 1 uniform. */
  readonly uncertainty: number;
  /** Fraction of images in the most frequent class of their prototype; only with labels. */
  readonly purity?: number;
  /** Prototypes with a cosine above {@link DUPLICATE} to another one of their set; undefined where prototypes are not weights. */
  readonly duplicates?: number;
  /** Prototypes that gather images, largest first. All others gather none. */
  readonly prototypes: readonly PrototypeFacts[];
}

export interface PrototypeFacts {
  /** Row among all prototypes. */
  readonly index: number;
  /** Images whose largest assignment in its set is that to this prototype, and their fraction. */
  readonly images: number;
  readonly share: number;
  /** Mean entropy of these images' assignments, 0 to 1. */
  readonly entropy: number;
  /** Most frequent class of these images, and its fraction; only with labels. */
  readonly label?: number;
  readonly purity?: number;
  /** Most similar other prototype of its set. */
  readonly nearest?: { readonly index: number; readonly cosine: number };
  /** Places of the images with the largest assignments, in the list of examined images. */
  readonly top: readonly number[];
}

/** Cosine above which two prototypes count as duplicates, as in the collapse monitor. */
export const DUPLICATE = 0.99;

const TOP = 8;

interface Gathered {
  readonly place: number;
  readonly probability: number;
  readonly entropy: number;
}

/** Collects the assignments of images, block by block. */
export class PrototypeUseCounter {
  readonly #mean: Float64Array;
  readonly #gathered = new Map<number, Gathered[]>();
  readonly #count: number;
  #images = 0;

  constructor(private readonly sets: readonly number[]) {
    this.#count = sets.reduce((a, b) => a + b, 0);
    this.#mean = new Float64Array(this.#count);
  }

  /** Adds assignments [B, K] whose rows sum to 1 in every set. */
  add(assignments: Float32Array): void {
    for (let from = 0; from < assignments.length; from += this.#count) {
      const row = assignments.subarray(from, from + this.#count);
      row.forEach((value, k) => (this.#mean[k] += value));
      this.#addImage(row, this.#images++);
    }
  }

  #addImage(row: Float32Array, place: number): void {
    let first = 0;
    for (const size of this.sets) {
      const p = row.subarray(first, first + size);
      const best = p.reduce((top, value, k) => (value > p[top] ? k : top), 0);
      const list = this.#gathered.get(first + best) ?? [];
      if (list.length === 0) this.#gathered.set(first + best, list);
      list.push({ place, probability: p[best], entropy: entropyOf(p) / Math.max(Math.log(size), 1e-12) });
      first += size;
    }
  }

  /** The use at a checkpoint. `labels` are the classes of the images, `vectors` the prototypes as rows. */
  result(
    step: number,
    { labels, vectors }: { readonly labels?: ArrayLike<number>; readonly vectors?: PrototypeVectors },
  ): PrototypeUse {
    const nearest = vectors && nearestPrototypes(vectors, this.sets);
    const prototypes = [...this.#gathered].map(([index, images]) => ({
      index,
      ...this.#facts(images, labels),
      ...(nearest?.[index] && { nearest: nearest[index] }),
    }));
    const assigned = this.#images * this.sets.length;
    const pure = prototypes.reduce((sum, { images, purity = 0 }) => sum + images * purity, 0);
    const unsure = prototypes.reduce((sum, { images, entropy }) => sum + images * entropy, 0);
    return {
      ...{ step, images: this.#images, count: this.#count, sets: this.sets.length },
      used: prototypes.length,
      perplexity: this.#perplexity(),
      uncertainty: unsure / assigned,
      ...(labels && { purity: pure / assigned }),
      ...(nearest && { duplicates: nearest.filter(one => one !== undefined && one.cosine > DUPLICATE).length }),
      prototypes: prototypes.sort((a, b) => b.images - a.images || a.index - b.index),
    };
  }

  #facts(images: readonly Gathered[], labels: ArrayLike<number> | undefined): Omit<PrototypeFacts, 'index'> {
    const ranked = [...images].sort((a, b) => b.probability - a.probability || a.place - b.place);
    const entropy = images.reduce((sum, one) => sum + one.entropy, 0) / images.length;
    const facts = { images: images.length, share: images.length / this.#images, entropy };
    return { ...facts, ...(labels && mostFrequent(images, labels)), top: ranked.slice(0, TOP).map(({ place }) => place) }; // prettier-ignore
  }

  #perplexity(): number {
    let [sum, first] = [0, 0];
    for (const size of this.sets) {
      sum += Math.exp(entropyOf(this.#mean.subarray(first, first + size).map(value => value / this.#images)));
      first += size;
    }
    return sum;
  }
}

function mostFrequent(images: readonly Gathered[], labels: ArrayLike<number>) {
  const counts = new Map<number, number>();
  for (const { place } of images) counts.set(labels[place], (counts.get(labels[place]) ?? 0) + 1);
  const [label, count] = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best));
  return { label, purity: count / images.length };
}

/** Prototypes as rows [K, D]. */
export interface PrototypeVectors {
  readonly data: Float32Array;
  readonly dim: number;
}

/** The most similar other prototype of the same set, for each; undefined in sets of one. */
function nearestPrototypes({ data, dim }: PrototypeVectors, sets: readonly number[]): PrototypeFacts['nearest'][] {
  const unit = Array.from({ length: data.length / dim }, (_, k) => {
    const row = data.subarray(k * dim, (k + 1) * dim);
    const norm = Math.max(Math.hypot(...row), 1e-12);
    return row.map(value => value / norm);
  });
  const firsts = sets.map((_, i) => sets.slice(0, i).reduce((a, b) => a + b, 0));
  return sets.flatMap((size, i) => nearestInSet(unit.slice(firsts[i], firsts[i] + size), firsts[i]));
}

function nearestInSet(rows: readonly Float32Array[], first: number): PrototypeFacts['nearest'][] {
  return rows.map((a, i) => {
    let [best, cosine] = [-1, -Infinity];
    for (const [j, b] of rows.entries()) {
      if (j === i) continue;
      let product = 0;
      for (let d = 0; d < a.length; d++) product += a[d] * b[d];
      if (product > cosine) [best, cosine] = [j, product];
    }
    return best < 0 ? undefined : { index: first + best, cosine };
  });
}

function entropyOf(p: ArrayLike<number>): number {
  let entropy = 0;
  for (let k = 0; k < p.length; k++) if (p[k] > 0) entropy -= p[k] * Math.log(p[k]);
  return entropy;
}
