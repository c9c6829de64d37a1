import { error, globalViews, needsViews, warning, type Facts, type Finding } from '@carl-ssl/core';
import type { MaskedSiameseOptions } from './options.js';

/** Checks for known problems of sharpened targets and of a prior for the mean assignment. */
export function checkMaskedSiamese(use: string, o: MaskedSiameseOptions, facts: Facts): Finding[] {
  return [...needsViews(use, facts), ...checkTargets(o, facts), ...checkBalance(o), ...checkBatch(facts)];
}

function checkTargets({ targetViews, sharpenTemperature }: MaskedSiameseOptions, { views }: Facts): Finding[] {
  const found: Finding[] = [];
  const global = globalViews(views).length;
  if (targetViews > global) {
    const message = `${targetViews} views are targets, the augmenter makes ${global} global ones. Lower targetViews.`;
    found.push(error('MSN_TARGET_VIEWS', 'targetViews', message));
  }
  if (sharpenTemperature >= 1) {
    const message = `at ${sharpenTemperature} targets are not sharper than predictions, and uniform assignments become the solution (arXiv 2204.07141, section 3, rules this out by sharpening).`;
    found.push(warning('MSN_NOT_SHARPENED', 'sharpenTemperature', message));
  }
  return found;
}

function checkBalance({ iterations, regularisationWeight }: MaskedSiameseOptions): Finding[] {
  if (iterations > 0 || regularisationWeight > 0) return [];
  const message =
    'without Sinkhorn iterations and without the prior all images may take the same prototype (arXiv 2204.07141, section 3, on the mean entropy). Set iterations: 3 or regularisationWeight: 1.';
  return [warning('MSN_NOTHING_BALANCES', 'regularisationWeight', message)];
}

function checkBatch({ batchSize, views, prototypeCount }: Facts): Finding[] {
  const rows = batchSize * Math.max(1, views.length - 1);
  if (prototypeCount === undefined || prototypeCount <= rows) return [];
  const message = `the mean assignment of ${rows} anchors cannot follow a prior over ${prototypeCount} prototypes. MSN takes 1024 for batches of 1024 in 11 anchor views (github.com/facebookresearch/msn, its pretraining configuration): take fewer prototypes (assigner.count) or larger batches.`;
  return [warning('MSN_PROTOTYPES_EXCEED_BATCH', '', message)];
}
