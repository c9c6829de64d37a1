/** The largest of many values with their places, largest first; of equal values, the one added first. */
export class Largest {
  readonly #entries: { readonly value: number; readonly place: number }[] = [];

  constructor(private readonly count: number) {}

  add(value: number, place: number): void {
    const entries = this.#entries;
    if (entries.length === this.count && value <= entries[this.count - 1].value) return;
    let at = entries.length;
    while (at > 0 && entries[at - 1].value < value) at--;
    entries.splice(at, 0, { value, place });
    if (entries.length > this.count) entries.pop();
  }

  get entries(): readonly { readonly value: number; readonly place: number }[] {
    return this.#entries;
  }
}
