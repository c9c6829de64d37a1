import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import type { ImageSet } from '../contracts/dataset.js';
import { CarlError } from '../errors/carl-error.js';
import { seededStreams } from '../tensor/random.js';

/** Images kept out of a set: a share of them, or a number. */
export function HoldoutAmount(options: { description: string }) {
  const share = Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 });
  return Type.Union([share, Type.Integer({ minimum: 1 })], options);
}

/**
 * Places of the images to keep out, ascending. They are drawn at random, because files may be sorted or periodic in
 * their labels, and always the same ones for a length and an amount.
 * @param amount below 1 a share, else a number of images
 * @throws CarlError INPUT_DATA if none or all would be kept out
 */
export function drawHoldout(length: number, amount: number): Int32Array {
  const count = amount < 1 ? Math.round(length * amount) : amount;
  checkHoldout(length, count);
  return seededStreams(0).at('holdout').permutation(length).slice(0, count).sort();
}

/** Places of the last `count` images. @throws CarlError INPUT_DATA if none or all would be kept out */
export function lastImages(length: number, count: number): Int32Array {
  checkHoldout(length, count);
  return Int32Array.from({ length: count }, (_, i) => length - count + i);
}

function checkHoldout(length: number, count: number): void {
  if (count >= 1 && count < length) return;
  throw new CarlError(
    'INPUT_DATA',
    `${count} of the ${length} training images would be held out for validation; at least one must be held out and one be left. Change the amount.`,
  );
}

/** A set in two parts: the images at the given places, and the others. Both keep the order. */
export function holdOut(images: ImageSet, places: Int32Array): { readonly rest: ImageSet; readonly held: ImageSet } {
  const held = new Set(places);
  const rest = Int32Array.from({ length: images.length }, (_, i) => i).filter(i => !held.has(i));
  return { rest: subset(images, rest), held: subset(images, places) };
}

/** The images at the given places of a set, in this order. */
export function subset(images: ImageSet, places: Int32Array): ImageSet {
  return {
    length: places.length,
    labels: images.labels && places.map(place => images.labels![place]),
    classes: images.classes,
    channels: images.channels,
    size: images.size,
    read: indices => images.read(indices.map(index => placeAt(places, index))),
    fingerprint: async () => {
      const hash = createHash('sha256').update(await images.fingerprint());
      return hash.update(new Uint8Array(places.buffer, places.byteOffset, places.byteLength)).digest('hex');
    },
  };
}

function placeAt(places: Int32Array, index: number): number {
  if (index in places) return places[index];
  throw new RangeError(`Image ${index} of a set of ${places.length}`);
}
