import { needsViews, type Facts, type Finding, type NestedOptions } from '@carl-ssl/core';

const warning = (code: string, path: string, message: string): Finding => ({
  severity: 'warning',
  code,
  path,
  message,
});

/** What goes wrong with objectives that predict a target and have no negatives. */
export function predictionAdvice(use: string, facts: Facts): Finding[] {
  return [...needsViews(use, facts), ...noGlobalView(use, facts), ...batchNorm(facts), ...batch(facts)];
}

function noGlobalView(use: string, { views }: Facts): Finding[] {
  if (views.length === 0 || views.some(({ kind }) => kind === 'global')) return [];
  const message = `${use} takes its targets from global views, and the augmenter makes none. Add a view with \`kind: global\`.`;
  return [{ severity: 'error', code: 'OBJECTIVE_NEEDS_GLOBAL_VIEW', path: '', message }];
}

/** Batch norm keeps embeddings apart where nothing else does. Only heads of known make are looked into. */
function batchNorm({ components = {} }: Facts): Finding[] {
  const heads = [components.head, components.predictor].filter(head => head?.use === 'mlp-head') as NestedOptions[];
  if (heads.length === 0 || heads.some(hasBatchNorm)) return [];
  const message =
    'neither projector nor predictor has batch norm: such trainings mostly collapse or learn little (arXiv 2011.10566, table 3; ' +
    '2010.10241; github.com/lucidrains/byol-pytorch/pull/79). Set `norm: batch` in the hidden layers of head and predictor.';
  return [warning('PREDICTION_WITHOUT_BATCH_NORM', '', message)];
}

function hasBatchNorm(head: NestedOptions): boolean {
  const layers = head.layers as readonly { readonly norm?: string | null }[];
  return layers.some(({ norm }) => norm === 'batch' || norm === 'batch-plain');
}

function batch({ batchSize }: Facts): Finding[] {
  if (batchSize >= 32) return [];
  const message = `batch statistics of ${batchSize} images are noisy, and they are what prevents a collapse here (github.com/yaox12/BYOL-PyTorch/issues/8). Raise trainer.batchSize.`;
  return [warning('PREDICTION_BATCH_SMALL', '', message)];
}
