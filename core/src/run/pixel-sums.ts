import type { StoredImage } from '../contracts/image.js';

/** Mean and standard deviation of each channel over all pixels, on the scale 0 to 1. */
export interface ChannelStatistics {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Sums over the pixels of many images, from which the statistics of their channels follow. Each pixel counts once. */
export class PixelSums {
  readonly #first: number[];
  readonly #second: number[];
  #pixels = 0;

  constructor(private readonly channels: number) {
    this.#first = Array<number>(channels).fill(0);
    this.#second = Array<number>(channels).fill(0);
  }

  add({ data, height, width }: StoredImage): void {
    const scale = data instanceof Uint8Array ? 1 / 255 : 1;
    for (let c = 0; c < this.channels; c++) {
      let first = 0;
      let second = 0;
      for (let i = c; i < data.length; i += this.channels) {
        first += data[i];
        second += data[i] * data[i];
      }
      this.#first[c] += first * scale;
      this.#second[c] += second * scale * scale;
    }
    this.#pixels += height * width;
  }

  /** Undefined without pixels. */
  statistics(): ChannelStatistics | undefined {
    const n = this.#pixels;
    if (n === 0) return undefined;
    const mean = this.#first.map(sum => sum / n);
    const std = this.#second.map((sum, c) => Math.sqrt(Math.max(0, sum / n - mean[c] ** 2)));
    return { mean, std };
  }
}
