/** Sets of images that are joined pair by pair (union-find); the memory needed does not grow with the number of pairs. */
export class Groups {
  readonly #parents: Int32Array;

  constructor(length: number) {
    this.#parents = Int32Array.from({ length }, (_, i) => i);
  }

  join(a: number, b: number): void {
    const [one, other] = [this.#root(a), this.#root(b)];
    // The smaller index is the root, so that the order of the pairs has no effect.
    this.#parents[Math.max(one, other)] = Math.min(one, other);
  }

  /** Groups of two and more, the largest first, then in the order of their first image. */
  all(): readonly (readonly number[])[] {
    const groups = new Map<number, number[]>();
    for (let i = 0; i < this.#parents.length; i++) {
      const root = this.#root(i);
      if (root === i) continue;
      const group = groups.get(root);
      if (group) group.push(i);
      else groups.set(root, [root, i]);
    }
    return [...groups.values()].sort((a, b) => b.length - a.length || a[0] - b[0]);
  }

  #root(i: number): number {
    let at = i;
    while (this.#parents[at] !== at) {
      this.#parents[at] = this.#parents[this.#parents[at]];
      at = this.#parents[at];
    }
    return at;
  }
}
