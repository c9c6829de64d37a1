import type { Random } from '@carl-ssl/core';

/**
 * Indices of a class-balanced part of labelled samples, in ascending order: the same number from every class, `share`
 * times N divided by the number of classes, but at least one and at most the size of the class.
 */
export function balancedDraw(labels: Int32Array, share: number, random: Random): Int32Array {
  return draw(labels, classes => Math.max(1, Math.round((share * labels.length) / classes)), random);
}

/** Places of `count` samples of every class, or of all that it has, in ascending order. */
export function drawPerClass(labels: Int32Array, count: number, random: Random): Int32Array {
  return draw(labels, () => count, random);
}

function draw(labels: Int32Array, countOf: (classes: number) => number, random: Random): Int32Array {
  const places = new Map<number, number[]>();
  for (const place of random.permutation(labels.length)) {
    const members = places.get(labels[place]);
    if (members === undefined) places.set(labels[place], [place]);
    else members.push(place);
  }
  const each = countOf(places.size);
  return Int32Array.from([...places.values()].flatMap(members => members.slice(0, each))).sort();
}
