import { error, type Facts, type Finding, type SplitFacts, type SplitName } from '@carl-ssl/core';

type NamedSplit = SplitFacts & { readonly name: SplitName };

/** The splits that evaluators without training measure: `validation` and `test`, or `train` where neither is there. */
export function judgedFacts({ splits }: Facts): readonly NamedSplit[] {
  const all = (names: readonly SplitName[]) =>
    names.flatMap(name => (splits?.[name]?.images ? [{ name, ...splits[name] }] : []));
  const held = all(['validation', 'test']);
  return held.length > 0 ? held : all(['train']);
}

/** Finds whether an evaluator that learns from labels has what it needs: labels in `train`, and in a split that it is measured on. */
export function checkSupervised(facts: Facts): readonly Finding[] {
  if (facts.splits === undefined) return [];
  const unlabelled = facts.splits.train?.classes === undefined;
  if (unlabelled) return [error('EVALUATOR_NO_LABELS', '', 'The split `train` has no labels to learn from. Remove this evaluator, or use a labelled dataset.')]; // prettier-ignore
  const measured = judgedFacts(facts).some(({ name, classes }) => name !== 'train' && classes !== undefined);
  if (measured) return [];
  return [error('EVALUATOR_NO_SPLIT', '', 'There is neither a `validation` nor a `test` split with labels to measure accuracy on. Give the dataset one of them, or remove this evaluator.')]; // prettier-ignore
}

/** Finds a split with labels of a single class, against which clusters cannot be scored. */
export function checkJudgedClasses(facts: Facts): readonly Finding[] {
  const single = judgedFacts(facts).find(({ classes }) => classes === 1);
  if (!single) return [];
  return [error('EVALUATOR_ONE_CLASS', '', `All ${single.images} images of split \`${single.name}\` are of one class. Scores of clusters need at least two classes. Remove this evaluator, or use a dataset with several classes.`)]; // prettier-ignore
}
