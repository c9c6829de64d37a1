const BLOCKS = '▁▂▃▄▅▆▇█';
/** Values that are kept of a curve, at most; neighbours are then averaged. */
const KEPT = 512;

/** A small curve of a number over a training, in one line. */
export class Sparkline {
  #values: number[] = [];
  /** Number of added values that each kept one is the mean of. */
  #stride = 1;
  #sum = 0;
  #count = 0;

  add(value: number): void {
    this.#sum += value;
    this.#count += 1;
    if (this.#count < this.#stride) return;
    this.#values.push(this.#sum / this.#count);
    [this.#sum, this.#count] = [0, 0];
    if (this.#values.length < KEPT) return;
    this.#values = means(this.#values, KEPT / 2);
    this.#stride *= 2;
  }

  /** `5.571 ▇▅▃▂▁ 2.104`: the first and the last value around the curve; empty for fewer than two values. */
  text(width: number, digits: number): string {
    const values = means(this.#values.filter(Number.isFinite), width);
    if (values.length < 2) return '';
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const block = (value: number): string =>
      BLOCKS[
        high === low ? 0 : Math.min(BLOCKS.length - 1, Math.floor(((value - low) / (high - low)) * BLOCKS.length))
      ];
    return `${values[0].toFixed(digits)} ${values.map(block).join('')} ${values.at(-1)!.toFixed(digits)}`;
  }
}

/** Means over stretches of equal length, at most `count` of them. */
function means(values: readonly number[], count: number): number[] {
  const parts = Math.min(count, values.length);
  return Array.from({ length: parts }, (_, i) => {
    const part = values.slice(Math.floor((i * values.length) / parts), Math.floor(((i + 1) * values.length) / parts));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}
