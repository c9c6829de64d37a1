import {
  error,
  globalViews,
  needsHeadScores,
  needsViews,
  warning,
  type Facts,
  type Finding,
  type ObjectiveSize,
  type TrivialValue,
} from '@carl-ssl/core';
import type { QueueOptions } from './options.js';

/** Options of the assigner `sinkhorn` that are checked. */
export interface SinkhornSettings extends QueueOptions {
  readonly count?: number;
  readonly temperature: number;
  readonly epsilon: number;
  readonly assignedViews: number;
  readonly frozenSteps: number;
}

/** Options of the objective `swav` that are checked. */
export interface SwavSettings extends QueueOptions {
  readonly inputs: 'scores' | 'embeddings';
  readonly temperature: number;
  readonly epsilon: number;
  readonly assignedViews: number;
  readonly normalizePrototypes: boolean;
}

/** The trivial solution in which every code and every prediction is uniform: cross-entropy ln K. */
export function uniformCodes({ width, prototypes = width }: ObjectiveSize): TrivialValue[] {
  return [
    {
      name: 'all images have the same embedding, so every code is uniform (ln K)',
      loss: Math.log(prototypes),
      advice:
        'Lower assigner.epsilon to 0.03 (objective.epsilon where the objective makes the codes), freeze the prototypes for longer (assigner.frozenSteps), start the queue later or make it shorter, ' +
        'take fewer prototypes (assigner.count), weaker augmentations, or a lower optimizer.learningRate.',
    },
  ];
}

/** Checks for known problems of balanced codes, each with its source. */
export function checkSinkhorn(o: SinkhornSettings, facts: Facts): Finding[] {
  return [
    ...assignedViews('SINKHORN_ASSIGNED_VIEWS', o, facts),
    ...checkShare(o, facts),
    ...checkQueue(o, facts),
    ...checkSharpness(o),
    ...checkFrozen(o, facts),
    ...(o.count === undefined ? needsHeadScores(facts) : []),
  ];
}

/** Checks for known problems of swapped prediction. */
export function checkSwav(o: SwavSettings, facts: Facts): Finding[] {
  return [
    ...needsViews('swav', facts),
    ...assignedViews('SWAV_ASSIGNED_VIEWS', o, facts),
    ...(o.inputs === 'embeddings' ? checkEmbeddings(o, facts) : checkScores(o, facts)),
  ];
}

function assignedViews(code: string, o: { readonly assignedViews: number }, { views }: Facts): Finding[] {
  const global = globalViews(views).length;
  if (o.assignedViews <= global) return [];
  const message = `${o.assignedViews} views get a code, the augmenter makes ${global} global ones. Lower assignedViews.`;
  return [error(code, 'assignedViews', message)];
}

/** Codes cannot be balanced if there are fewer samples than prototypes. */
function checkShare({ queueLength }: Pick<QueueOptions, 'queueLength'>, facts: Facts): Finding[] {
  const { prototypeCount: prototypes, batchSize } = facts;
  if (prototypes === undefined || batchSize + queueLength >= prototypes) return [];
  const queue = queueLength > 0 ? ` and a queue of ${queueLength}` : '';
  const message =
    `${batchSize} images a batch${queue} share ${prototypes} prototypes equally: each gets less than one image, and codes are noise. ` +
    `Take at most ${batchSize + queueLength} prototypes, larger batches, or a queue (assigner.queueLength with assigner.count, or ` +
    `inputs: embeddings) so that batch and queue exceed the prototypes (SwAV, appendix: small batches; facebookresearch/swav issues 37 and 67).`;
  return [warning('SINKHORN_FEW_SAMPLES', queueLength > 0 ? 'queueLength' : '', message)];
}

/** Warns about a queue that starts too early or never, or holds outdated embeddings. */
function checkQueue({ queueLength, queueStartEpoch }: QueueOptions, { epochs, batchSize }: Facts): Finding[] {
  if (queueLength === 0) return [];
  const found: Finding[] = [];
  if (queueStartEpoch >= epochs) {
    const message = `the queue would start in epoch ${queueStartEpoch} of ${epochs}: it is never used.`;
    found.push(warning('QUEUE_NEVER_USED', 'queueStartEpoch', message));
  }
  if (queueStartEpoch === 0) {
    const message =
      'a queue from the first epoch on holds embeddings of a network that still changes fast, which can keep the loss from falling. ' +
      'SwAV starts it in epoch 15 (facebookresearch/swav, README, "Training gets unstable when using the queue"; lightly issue 1148).';
    found.push(warning('QUEUE_STARTS_EARLY', 'queueStartEpoch', message));
  }
  if (queueLength > 30 * batchSize) {
    const message =
      `the queue spans ${Math.floor(queueLength / batchSize)} batches; its oldest embeddings are out of date. SwAV uses 15 batches, ` +
      'and shorter queues solved failed runs (facebookresearch/swav issue 69).';
    found.push(warning('QUEUE_TOO_LONG', 'queueLength', message));
  }
  return found;
}

function checkSharpness({ epsilon, temperature, count }: SinkhornSettings): Finding[] {
  const found: Finding[] = [];
  if (count !== undefined && epsilon > 0.1) {
    const message = `at epsilon ${epsilon} codes of unit vectors are close to uniform, and the loss stays at ln K. SwAV takes 0.05, or 0.03 where that happens (facebookresearch/swav, README, "Common Issues").`;
    found.push(warning('SINKHORN_EPSILON_HIGH', 'epsilon', message));
  }
  if (count !== undefined && temperature > 0.5) {
    const message = `scores of unit vectors lie in [-1, 1]; at temperature ${temperature} every prediction is close to uniform. SwAV takes 0.1.`;
    found.push(warning('SINKHORN_TEMPERATURE_HIGH', 'temperature', message));
  }
  if (epsilon >= temperature) {
    const message = `codes (epsilon ${epsilon}) are softer than the predictions that are to match them (temperature ${temperature}): nothing sharpens. Take epsilon about half the temperature.`;
    found.push(warning('SINKHORN_CODES_SOFTER', 'epsilon', message));
  }
  return found;
}

function checkFrozen({ count, frozenSteps }: SinkhornSettings, { uses }: Facts): Finding[] {
  if (count === undefined || frozenSteps > 0 || uses.objective !== 'swav') return [];
  const message =
    'prototypes that move from the first step on make some runs collapse to a loss of ln K. SwAV freezes them for the first epoch: set ' +
    "frozenSteps to an epoch's steps (facebookresearch/swav issue 76: for stability, not for accuracy).";
  return [warning('PROTOTYPES_NOT_FROZEN', 'frozenSteps', message)];
}

function checkEmbeddings(o: SwavSettings, facts: Facts): Finding[] {
  const found = [...checkQueue(o, facts), ...checkShare(o, facts)];
  if (o.temperature > 0.5 || o.epsilon > 0.1) {
    const message = `scores of unit vectors lie in [-1, 1]; temperature ${o.temperature} and epsilon ${o.epsilon} make everything close to uniform. SwAV takes 0.1 and 0.05.`;
    found.push(warning('SWAV_TEMPERATURE_HIGH', 'temperature', message));
  }
  const assigner = facts.components?.assigner;
  if (assigner && assigner.normalizePrototypes !== 'step' && !o.normalizePrototypes) {
    const message =
      "scores would grow with the prototypes' lengths. Set assigner.normalizePrototypes: step, as SwAV does, or normalizePrototypes: true here.";
    found.push(warning('SWAV_PROTOTYPES_LENGTH', 'normalizePrototypes', message));
  }
  return found;
}

function checkScores(o: SwavSettings, facts: Facts): Finding[] {
  const found: Finding[] = [];
  if (o.queueLength > 0) {
    const message =
      'a queue of scores goes out of date with the prototypes. Give the queue to `assigner: { use: sinkhorn, count: ..., queueLength: ... }`, or set inputs: embeddings.';
    found.push(error('SWAV_QUEUE_NEEDS_EMBEDDINGS', 'queueLength', message));
  }
  const product = facts.assignerTemperature === undefined ? 0 : facts.assignerTemperature * o.temperature;
  if (product > 0.5) {
    const message = `assigner and objective together divide the scores by ${Number(product.toPrecision(3))}; SwAV divides by 0.1. Lower assigner.temperature.`;
    found.push(warning('SWAV_TEMPERATURE_HIGH', 'temperature', message));
  }
  if (facts.uses.assigner !== 'sinkhorn') found.push(...checkShare({ queueLength: 0 }, facts));
  return found;
}
