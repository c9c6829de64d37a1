import { needsTargetViews, warning, type Facts, type Finding, type NestedOptions } from '@carl-ssl/core';

/** Checks for known problems of objectives that predict a target and have no negatives. */
export function predictionAdvice(use: string, facts: Facts): Finding[] {
  return [...needsTargetViews(use, facts), ...batchNorm(facts), ...batch(facts)];
}

/** Batch norm keeps embeddings apart where nothing else does. Heads other than `mlp-head` are not inspected. */
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
  const message = `batch statistics of ${batchSize} images are noisy, and here they prevent a collapse (github.com/yaox12/BYOL-PyTorch/issues/8). Raise trainer.batchSize.`;
  return [warning('PREDICTION_BATCH_SMALL', '', message)];
}
