import { CarlError } from '@carl-ssl/core';

/** The classes that occur among labels. */
export interface PresentClasses {
  /** In ascending order. */
  readonly labels: Int32Array;
  /** For every sample, the index of its label in `labels`. */
  readonly places: Int32Array;
}

/** @throws INPUT_DATA for labels of a single class */
export function presentClasses(labels: Int32Array): PresentClasses {
  const present = Int32Array.from(new Set(labels)).sort();
  if (present.length < 2) {
    const found = `All ${labels.length} training labels are ${present[0]}.`;
    throw new CarlError('INPUT_DATA', `${found} A linear classifier needs samples of at least two classes.`);
  }
  const placeOf = new Map([...present].map((label, place) => [label, place]));
  return { labels: present, places: labels.map(label => placeOf.get(label)!) };
}
