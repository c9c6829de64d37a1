import { Type } from '#typebox';
import { CarlError } from '../errors/carl-error.js';
import { seededStreams } from '../tensor/random.js';

/** Schema of the number of images to hold out of a set: a fraction below 1, or a count. */
export function HoldoutAmount(options: { description: string }) {
  const share = Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 });
  return Type.Union([share, Type.Integer({ minimum: 1 })], options);
}

/**
 * Draws the indices of the images to hold out, in ascending order. They are drawn at random, because files may be
 * sorted or periodic in their labels, and are always the same for a length and an amount.
 * @param amount a fraction if below 1, else a count
 * @throws CarlError INPUT_DATA if none or all would be held out
 */
export function drawHoldout(length: number, amount: number): Int32Array {
  const count = amount < 1 ? Math.round(length * amount) : amount;
  checkHoldout(length, count);
  return seededStreams(0).at('holdout').permutation(length).slice(0, count).sort();
}

/** Indices of the last `count` images. @throws CarlError INPUT_DATA if none or all would be held out */
export function lastImages(length: number, count: number): Int32Array {
  checkHoldout(length, count);
  return Int32Array.from({ length: count }, (_, i) => length - count + i);
}

function checkHoldout(length: number, count: number): void {
  if (count >= 1 && count < length) return;
  throw new CarlError(
    'INPUT_DATA',
    `${count} of the ${length} training images would be held out for validation; at least one must be held out and one must remain. Change \`holdout\`.`,
  );
}
