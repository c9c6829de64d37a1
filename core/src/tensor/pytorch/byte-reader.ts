import type { Refuse } from '../../files/zip-directory.js';

/** Longest integer of a pickle in bytes; longer ones are no sizes of tensors. */
const LONGEST = 8;

/** Reads numbers and texts of a pickle one after the other. */
export class ByteReader {
  #at = 0;
  readonly #view: DataView;

  constructor(
    private readonly content: Uint8Array,
    private readonly refuse: Refuse,
  ) {
    this.#view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  }

  byte(): number {
    return this.#view.getUint8(this.#take(1));
  }

  bytes(length: number): Uint8Array {
    const start = this.#take(length);
    return this.content.subarray(start, start + length);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  /** Little-endian. */
  unsigned(length: number): number {
    return this.bytes(length).reduceRight((value, byte) => value * 256 + byte, 0);
  }

  /** Little-endian two's complement. */
  long(length: number): number {
    if (length > LONGEST) return this.refuse(`its pickle has an integer of ${length} bytes`);
    const bytes = this.bytes(length);
    const value = bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
    return length > 0 && bytes[length - 1] > 127 ? value - 256 ** length : value;
  }

  text(length: number): string {
    return new TextDecoder().decode(this.bytes(length));
  }

  /** Up to the next line feed. */
  line(): string {
    const end = this.content.indexOf(0x0a, this.#at);
    const text = this.text((end < 0 ? this.content.length : end) - this.#at);
    this.#take(1);
    return text;
  }

  #take(length: number): number {
    const start = this.#at;
    if (start + length > this.content.length) return this.refuse('its pickle ends too early');
    this.#at += length;
    return start;
  }
}
