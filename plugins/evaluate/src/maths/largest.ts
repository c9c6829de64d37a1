/** The k largest of the values offered so far, largest first. Of equal values, the one offered first is ranked higher. */
export class Largest {
  readonly values: Float64Array;
  readonly indices: Int32Array;
  private count = 0;

  constructor(readonly k: number) {
    this.values = new Float64Array(k);
    this.indices = new Int32Array(k);
  }

  /** The k-th largest, or minus infinity while there are fewer. */
  get smallest(): number {
    return this.count < this.k ? -Infinity : this.values[this.k - 1];
  }

  clear(): void {
    this.count = 0;
  }

  offer(value: number, index: number): void {
    if (value <= this.smallest) return;
    const place = this.placeOf(value);
    this.count = Math.min(this.k, this.count + 1);
    this.values.copyWithin(place + 1, place, this.count - 1);
    this.indices.copyWithin(place + 1, place, this.count - 1);
    this.values[place] = value;
    this.indices[place] = index;
  }

  /** How many kept values are at least as large. */
  private placeOf(value: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.values[middle] >= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
