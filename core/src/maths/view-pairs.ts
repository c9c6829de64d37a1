import type { Facts, Finding } from '../contracts/facts.js';

/** All pairs of different views of an image, each once. */
export function viewPairs<V>(views: readonly V[]): readonly (readonly [V, V])[] {
  return views.flatMap((a, i) => views.slice(i + 1).map(b => [a, b] as const));
}

/** An error for objectives that compare views, if the augmenter makes one only. */
export function needsViews(use: string, { views }: Facts): Finding[] {
  if (views.length >= 2) return [];
  const message = `${use} compares views of an image: the augmenter must make at least 2.`;
  return [{ severity: 'error', code: 'OBJECTIVE_NEEDS_VIEWS', path: '', message }];
}
