import { createHash } from 'node:crypto';
import type { StoredImage } from '../contracts/image.js';

/** An image of a split: its file, or its number in the split counted from 0. */
export interface ImagePlace {
  readonly split: string;
  readonly image: string;
}

/** Images with the same size and the same pixels. */
export type DuplicateGroup = readonly ImagePlace[];

/** Bytes of a hash that are kept: 2^-64 is the chance that any two of billions of different images have the same ones. */
const KEPT = 16;

/** Finds images with the same pixels, whatever their files are called and however they are compressed. */
export class Duplicates {
  readonly #places = new Map<string, ImagePlace[]>();

  add(image: StoredImage, place: ImagePlace): void {
    const key = hashOf(image);
    const found = this.#places.get(key);
    if (found) found.push(place);
    else this.#places.set(key, [place]);
  }

  /** Groups of two and more, those over several splits first. */
  groups(): readonly DuplicateGroup[] {
    const groups = [...this.#places.values()].filter(places => places.length > 1);
    return [...groups.filter(isAcrossSplits), ...groups.filter(group => !isAcrossSplits(group))];
  }
}

/** True if images of a group are in different splits. */
export function isAcrossSplits(group: DuplicateGroup): boolean {
  return group.some(({ split }) => split !== group[0].split);
}

function hashOf({ height, width, channels, data }: StoredImage): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const hash = createHash('sha256').update(`${height}x${width}x${channels} `).update(bytes).digest();
  return hash.toString('base64', 0, KEPT);
}
