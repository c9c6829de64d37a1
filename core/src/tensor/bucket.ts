/** Collects vectors and sends them together: one message costs less than several short ones. */
export class Bucket {
  /** Vectors that are not sent yet. */
  private waiting: Float32Array[] = [];
  private length = 0;
  /** Vectors that were sent as parts of another one, which has them in the same order. */
  private joined: { readonly message: Float32Array; readonly parts: readonly Float32Array[] }[] = [];
  /** Memory of earlier messages, since those of every step have the same lengths. */
  private spare: Float32Array[] = [];
  /** Vectors that were sent themselves. They are held here because they are changed outside JavaScript. */
  private readonly sent = new Set<Float32Array>();

  /** @param size number of values from which a bucket is sent */
  constructor(
    private readonly size: number,
    private readonly transmit: (values: Float32Array) => void,
  ) {}

  add(values: Float32Array): void {
    this.waiting.push(values);
    this.length += values.length;
    if (this.length >= this.size) this.send();
  }

  /** Sends the vectors that wait, without copies of those that fill a bucket by themselves. */
  send(): void {
    const [long, short] = [true, false].map(is => this.waiting.filter(one => one.length >= this.size === is));
    this.waiting = [];
    this.length = 0;
    for (const one of long) this.start(one);
    if (short.length > 1) this.start(this.join(short));
    else short.forEach(one => this.start(one));
  }

  /** Copies the results into the vectors that were joined, once all are there. */
  handBack(): void {
    for (const { message, parts } of this.joined) {
      let start = 0;
      for (const part of parts) part.set(message.subarray(start, (start += part.length)));
    }
    this.spare = this.joined.map(({ message }) => message);
    this.joined = [];
    this.sent.clear();
  }

  private start(values: Float32Array): void {
    this.sent.add(values);
    this.transmit(values);
  }

  private join(parts: readonly Float32Array[]): Float32Array {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const place = this.spare.findIndex(one => one.length === length);
    const message = place < 0 ? new Float32Array(length) : this.spare.splice(place, 1)[0];
    let start = 0;
    for (const part of parts) {
      message.set(part, start);
      start += part.length;
    }
    this.joined.push({ message, parts });
    return message;
  }
}
