/** Heights and widths of images. */
export interface ImageSizes {
  /** Number of different sizes. */
  readonly different: number;
  /** Most frequent sizes, most frequent first. */
  readonly common: readonly { readonly height: number; readonly width: number; readonly images: number }[];
  readonly smallestSide: number;
  readonly largestSide: number;
}

/** Sizes that are listed. */
const LISTED = 3;

/** Counts sizes of images. */
export class SizeCounts {
  readonly #counts = new Map<string, { readonly height: number; readonly width: number; images: number }>();

  add(height: number, width: number): void {
    const key = `${height}x${width}`;
    const found = this.#counts.get(key);
    if (found) found.images++;
    else this.#counts.set(key, { height, width, images: 1 });
  }

  /** Undefined without images. */
  summary(): ImageSizes | undefined {
    const all = [...this.#counts.values()].sort((a, b) => b.images - a.images);
    if (all.length === 0) return undefined;
    const sides = all.flatMap(({ height, width }) => [height, width]);
    return {
      different: all.length,
      common: all.slice(0, LISTED),
      smallestSide: sides.reduce((a, b) => Math.min(a, b)),
      largestSide: sides.reduce((a, b) => Math.max(a, b)),
    };
  }
}
