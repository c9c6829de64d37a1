import { needsViews, type Capability, type Facts, type Finding } from '@carl-ssl/core';
import type { MaskedSiameseOptions } from './options.js';

export function requiresOf({ inputs }: Pick<MaskedSiameseOptions, 'inputs'>): readonly Capability[] {
  return [inputs === 'scores' ? 'assignments' : 'prototypes', 'teacher'];
}

/** What is known to go wrong with sharpened targets and a prior. */
export function checkMaskedSiamese(use: string, o: MaskedSiameseOptions, facts: Facts): Finding[] {
  const found = needsViews(use, facts);
  const add = (severity: Finding['severity'], code: string, about: readonly [path: string, message: string]) =>
    found.push({ severity, code, path: about[0], message: about[1] });
  const global = facts.views.filter(({ kind }) => kind === 'global').length;
  if (o.targetViews > global)
    add('error', 'MSN_TARGET_VIEWS', [
      'targetViews',
      `${o.targetViews} views are targets, the augmenter makes ${global} global ones. Lower targetViews.`,
    ]);
  if (o.sharpenTemperature >= 1)
    add('warning', 'MSN_NOT_SHARPENED', [
      'sharpenTemperature',
      `at ${o.sharpenTemperature} targets are not sharper than predictions, and uniform assignments become the solution (arXiv 2204.07141, section 3, rules this out by sharpening).`,
    ]);
  if (o.iterations === 0 && o.regularisationWeight === 0)
    add('warning', 'MSN_NOTHING_BALANCES', [
      'regularisationWeight',
      'without Sinkhorn iterations and without the prior all images may take the same prototype (arXiv 2204.07141, section 3, on the mean entropy). Set iterations: 3 or regularisationWeight: 1.',
    ]);
  const rows = facts.batchSize * Math.max(1, facts.views.length - 1);
  if (facts.prototypeCount !== undefined && facts.prototypeCount > rows)
    add('warning', 'MSN_PROTOTYPES_EXCEED_BATCH', [
      '',
      `the mean assignment of ${rows} anchors cannot follow a prior over ${facts.prototypeCount} prototypes. MSN takes 1024 for batches of 1024 in 11 anchor views (github.com/facebookresearch/msn, its pretraining configuration): take fewer prototypes (assigner.count) or larger batches.`,
    ]);
  const scale = facts.components?.assigner?.temperature;
  if (o.inputs === 'scores' && typeof scale === 'number' && scale * o.temperature < 0.03)
    add('warning', 'MSN_TEMPERATURE', [
      'temperature',
      `assigner.temperature ${scale} x temperature ${o.temperature} divide the scores by ${scale * o.temperature}; MSN divides by 0.1. Set one of the two to 1.`,
    ]);
  return found;
}
