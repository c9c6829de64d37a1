import type { Facts, Finding } from '@carl-ssl/core';

interface Checked {
  readonly count?: number;
  readonly temperature: number;
  readonly epsilon: number;
  readonly assignedViews: number;
  readonly frozenSteps: number;
  readonly queueLength: number;
  readonly queueStartEpoch: number;
}

/** What is known to go wrong with balanced codes, each with where it was seen. */
export function checkSinkhorn(o: Checked, facts: Facts): Finding[] {
  return [
    ...checkViews(o, facts),
    ...checkShare(o, facts),
    ...checkQueue(o, facts),
    ...checkSharpness(o),
    ...checkFrozen(o, facts),
  ];
}

function checkViews({ assignedViews }: Checked, { views }: Facts): Finding[] {
  const global = views.filter(({ kind }) => kind === 'global').length;
  if (assignedViews <= global) return [];
  const message = `${assignedViews} views get a code, the augmenter makes ${global} global ones. Lower assignedViews.`;
  return [{ severity: 'error', code: 'SINKHORN_ASSIGNED_VIEWS', path: 'assignedViews', message }];
}

/** Codes cannot be balanced if there are fewer samples than prototypes. */
export function checkShare({ queueLength }: Pick<Checked, 'queueLength'>, facts: Facts): Finding[] {
  const { prototypeCount: prototypes, batchSize } = facts;
  if (prototypes === undefined || batchSize + queueLength >= prototypes) return [];
  const queue = queueLength > 0 ? ` and a queue of ${queueLength}` : '';
  const message =
    `${batchSize} images a batch${queue} share ${prototypes} prototypes equally: each gets less than one image, and codes are noise. ` +
    `Take at most ${batchSize + queueLength} prototypes, larger batches, or a queue (assigner.queueLength with assigner.count, or ` +
    `inputs: embeddings) so that batch and queue exceed the prototypes (SwAV, appendix: small batches; facebookresearch/swav issues 37 and 67).`;
  return [{ severity: 'warning', code: 'SINKHORN_FEW_SAMPLES', path: queueLength > 0 ? 'queueLength' : '', message }];
}

/** A queue that starts too early, never, or holds what is long out of date. */
export function checkQueue(
  { queueLength, queueStartEpoch }: Pick<Checked, 'queueLength' | 'queueStartEpoch'>,
  facts: Facts,
): Finding[] {
  if (queueLength === 0) return [];
  const found: Finding[] = [];
  const warn = (code: string, path: string, message: string) =>
    found.push({ severity: 'warning', code, path, message });
  if (queueStartEpoch >= facts.epochs)
    warn(
      'QUEUE_NEVER_USED',
      'queueStartEpoch',
      `the queue would start in epoch ${queueStartEpoch} of ${facts.epochs}: it is never used.`,
    );
  if (queueStartEpoch === 0)
    warn(
      'QUEUE_STARTS_EARLY',
      'queueStartEpoch',
      'a queue from the first epoch on holds embeddings of a network that still changes fast, which can keep training from getting going. ' +
        'SwAV starts it in epoch 15 (facebookresearch/swav, README, "Training gets unstable when using the queue"; lightly issue 1148).',
    );
  if (queueLength > 30 * facts.batchSize)
    warn(
      'QUEUE_TOO_LONG',
      'queueLength',
      `the queue spans ${Math.floor(queueLength / facts.batchSize)} batches; its oldest embeddings are out of date. SwAV uses 15 batches, ` +
        'and shorter queues mended stuck runs (facebookresearch/swav issue 69).',
    );
  return found;
}

function checkSharpness({ epsilon, temperature, count }: Checked): Finding[] {
  const found: Finding[] = [];
  if (count !== undefined && epsilon > 0.1)
    found.push({
      severity: 'warning',
      code: 'SINKHORN_EPSILON_HIGH',
      path: 'epsilon',
      message: `at epsilon ${epsilon} codes of unit vectors are close to uniform, and the loss stays at ln K. SwAV takes 0.05, and 0.03 where that happens (facebookresearch/swav, README, "Common Issues").`,
    });
  if (count !== undefined && temperature > 0.5)
    found.push({
      severity: 'warning',
      code: 'SINKHORN_TEMPERATURE_HIGH',
      path: 'temperature',
      message: `scores of unit vectors lie in [-1, 1]; at temperature ${temperature} every prediction is close to uniform. SwAV takes 0.1.`,
    });
  if (epsilon >= temperature)
    found.push({
      severity: 'warning',
      code: 'SINKHORN_CODES_SOFTER',
      path: 'epsilon',
      message: `codes (epsilon ${epsilon}) are softer than the predictions that shall match them (temperature ${temperature}): nothing sharpens. Take epsilon about half the temperature.`,
    });
  return found;
}

function checkFrozen({ count, frozenSteps }: Checked, { uses }: Facts): Finding[] {
  if (count === undefined || frozenSteps > 0 || uses.objective !== 'swav') return [];
  const message =
    'prototypes that move from the first step on make some runs collapse to a loss of ln K. SwAV freezes them for the first epoch: set ' +
    "frozenSteps to an epoch's steps (facebookresearch/swav issue 76: for stability, not for accuracy).";
  return [{ severity: 'warning', code: 'PROTOTYPES_NOT_FROZEN', path: 'frozenSteps', message }];
}
