import { globalViews } from '../contracts/augmenter.js';
import { error, type Facts, type Finding } from '../contracts/facts.js';

/** All pairs of different views of an image, each once. */
export function viewPairs<V>(views: readonly V[]): readonly (readonly [V, V])[] {
  return views.flatMap((a, i) => views.slice(i + 1).map(b => [a, b] as const));
}

/** An error for objectives that compare views, if the augmenter makes one only. */
export function needsViews(use: string, { views }: Facts): Finding[] {
  if (views.length >= 2) return [];
  return [error('OBJECTIVE_NEEDS_VIEWS', '', `${use} compares views of an image: the augmenter must make at least 2.`)];
}

/** An error for objectives whose targets come from global views, if the augmenter makes none, or one view only. */
export function needsTargetViews(use: string, facts: Facts): Finding[] {
  if (globalViews(facts.views).length > 0) return needsViews(use, facts);
  const message = `${use} takes its targets from global views, and the augmenter makes none. Add a view with \`kind: global\`.`;
  return [error('OBJECTIVE_NEEDS_GLOBAL_VIEW', '', message)];
}
