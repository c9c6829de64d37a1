import type { Random } from '@carl-ssl/core';

/**
 * Indices of a class-balanced part of labelled samples, in ascending order: the same number from every class, `share`
 * times N divided by the number of classes, but at least one and at most the size of the class.
 */
export function balancedDraw(labels: Int32Array, share: number, random: Random): Int32Array {
  const places = new Map<number, number[]>();
  for (const place of random.permutation(labels.length)) {
    const members = places.get(labels[place]);
    if (members === undefined) places.set(labels[place], [place]);
    else members.push(place);
  }
  const each = Math.max(1, Math.round((share * labels.length) / places.size));
  return Int32Array.from([...places.values()].flatMap(members => members.slice(0, each))).sort();
}
