/** A point of a curve: the mean of a stretch of values, at the step of the last of them. */
export interface CurvePoint {
  readonly step: number;
  readonly value: number;
}

/** Stretches of a curve, at most. */
const MOST = 200;

/** Number of curves so far. */
let curves = 0;

/**
 * A curve of bounded size that grows by one value at a time: means over stretches of equally many values. Whenever there are
 * too many stretches, neighbours are joined, so that the result does not depend on how the values arrive.
 */
export class GrowingCurve {
  #steps: number[] = [];
  #sums: number[] = [];
  /** Values of a complete stretch. */
  #length = 1;
  /** Values of the last stretch. */
  #filled = 0;
  #last: CurvePoint | undefined;
  #count = 0;
  readonly #serial = curves++;

  /** Differs from the one of any other curve, and changes with every value. */
  get id(): string {
    return `${this.#serial} ${this.#count}`;
  }

  /** The last value. */
  get last(): CurvePoint | undefined {
    return this.#last;
  }

  /** Adds a value; values that are not finite leave a gap. */
  add(step: number, value: number): void {
    if (!Number.isFinite(value) || !Number.isFinite(step)) return;
    this.#count += 1;
    this.#last = { step, value };
    if (this.#filled === this.#length || this.#steps.length === 0) this.#begin();
    this.#steps[this.#steps.length - 1] = step;
    this.#sums[this.#sums.length - 1] += value;
    this.#filled += 1;
  }

  points(): readonly CurvePoint[] {
    const last = this.#steps.length - 1;
    return this.#steps.map((step, i) => ({ step, value: this.#sums[i] / (i === last ? this.#filled : this.#length) }));
  }

  #begin(): void {
    if (this.#steps.length === MOST) this.#join();
    this.#steps.push(0);
    this.#sums.push(0);
    this.#filled = 0;
  }

  #join(): void {
    const half = MOST / 2;
    this.#steps = Array.from({ length: half }, (_, i) => this.#steps[2 * i + 1]);
    this.#sums = Array.from({ length: half }, (_, i) => this.#sums[2 * i] + this.#sums[2 * i + 1]);
    this.#length *= 2;
  }
}
