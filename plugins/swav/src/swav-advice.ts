import { needsViews, type Facts, type Finding, type ObjectiveSize, type TrivialValue } from '@carl-ssl/core';
import { checkQueue, checkShare } from './sinkhorn-advice.js';
import type { SwavOptions } from './swav.js';

/** Every code and every prediction the same for all images: cross-entropy ln K. */
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

export function checkSwav(o: SwavOptions, facts: Facts): Finding[] {
  return [
    ...needsViews('swav', facts),
    ...checkViews(o, facts),
    ...(o.inputs === 'embeddings' ? checkEmbeddings(o, facts) : checkScores(o, facts)),
  ];
}

function checkViews({ assignedViews }: SwavOptions, { views }: Facts): Finding[] {
  const global = views.filter(({ kind }) => kind === 'global').length;
  if (assignedViews > global)
    return [
      error(
        'SWAV_ASSIGNED_VIEWS',
        'assignedViews',
        `${assignedViews} views get a code, the augmenter makes ${global} global ones.`,
      ),
    ];
  return [];
}

function checkEmbeddings(o: SwavOptions, facts: Facts): Finding[] {
  const found = [...checkQueue(o, facts), ...checkShare(o, facts)];
  if (o.temperature > 0.5 || o.epsilon > 0.1)
    found.push(
      warning(
        'SWAV_TEMPERATURE_HIGH',
        'temperature',
        `scores of unit vectors lie in [-1, 1]; temperature ${o.temperature} and epsilon ${o.epsilon} make everything close to uniform. SwAV takes 0.1 and 0.05.`,
      ),
    );
  const assigner = facts.components?.assigner;
  if (assigner && assigner.normalizePrototypes !== 'step' && !o.normalizePrototypes)
    found.push(
      warning(
        'SWAV_PROTOTYPES_LENGTH',
        'normalizePrototypes',
        "scores would grow with the prototypes' lengths. Set assigner.normalizePrototypes: step, as SwAV does, or normalizePrototypes: true here.",
      ),
    );
  return found;
}

/** Where the assigner makes no codes, its temperature and this objective's multiply. */
function checkScores(o: SwavOptions, facts: Facts): Finding[] {
  const found: Finding[] = [];
  if (o.queueLength > 0)
    found.push(
      error(
        'SWAV_QUEUE_NEEDS_EMBEDDINGS',
        'queueLength',
        'a queue of scores goes out of date with the prototypes. Give the queue to `assigner: { use: sinkhorn, count: ..., queueLength: ... }`, or set inputs: embeddings.',
      ),
    );
  const assigner = facts.components?.assigner;
  const temperature = typeof assigner?.temperature === 'number' ? assigner.temperature * o.temperature : undefined;
  if (temperature !== undefined && (temperature < 0.03 || temperature > 0.5))
    found.push(
      warning(
        'SWAV_TEMPERATURE',
        'temperature',
        `assigner.temperature ${String(assigner?.temperature)} x objective.temperature ${o.temperature} divide the scores by ${temperature}. SwAV divides by 0.1: set one of the two to 1.`,
      ),
    );
  if (facts.uses.assigner !== 'sinkhorn') found.push(...checkShare({ queueLength: 0 }, facts));
  return found;
}

const error = (code: string, path: string, message: string): Finding => ({ severity: 'error', code, path, message });
const warning = (code: string, path: string, message: string): Finding => ({
  severity: 'warning',
  code,
  path,
  message,
});
