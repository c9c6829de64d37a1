import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { Type } from 'typebox';
import type { Assigner } from '../contracts/assigner.js';
import type { Pass } from '../contracts/weights.js';
import { uniform } from '../tensor/layers/initialize.js';
import { normalizeRows } from '../tensor/layers/normalize-rows.js';

/** Options of assigners that may have prototypes of their own. */
export const prototypeOptions = {
  count: Type.Optional(
    Type.Integer({
      minimum: 2,
      description: "K, prototypes of its own. Without it the head's output is taken as scores, one column a prototype.",
    }),
  ),
  normalizePrototypes: Type.Union([Type.Literal('forward'), Type.Literal('step')], {
    default: 'step',
    description:
      'step: own prototypes are set to unit length before every step, as in SwAV. forward: scored at unit length, the gradient runs through it.',
  }),
  frozenSteps: Type.Integer({
    minimum: 0,
    default: 0,
    description: 'Optimizer steps at the start during which own prototypes take no update.',
  }),
};

export interface OwnPrototypesOptions {
  readonly count?: number;
  readonly normalizePrototypes: 'forward' | 'step';
  readonly frozenSteps: number;
}

/** The parts of an assigner that do not depend on how scores become assignments. */
export interface Scorer extends Pick<Assigner, 'weights' | 'prototypeCount' | 'prototypes' | 'prepare' | 'frozen'> {
  /** Cosines with its own prototypes, or the head's scores as they are: [B, D] -> [B, K]. */
  readonly scores: (rows: Tensor2D, pass: Pass) => Tensor2D;
}

/** Scores of learned prototypes of its own if `count` is given, else those that the head has computed. */
export function scorerOf({ count, normalizePrototypes, frozenSteps }: OwnPrototypesOptions): Scorer {
  if (count === undefined) return { weights: () => [], prototypeCount: dim => dim, scores: rows => rows };
  const stepwise = normalizePrototypes === 'step';
  return {
    weights: ([dim]) => [
      {
        name: 'weight',
        shape: [count, dim],
        initialize: uniform(1 / Math.sqrt(dim)),
        trainable: true,
        layout: 'plain',
      },
    ],
    prototypeCount: () => count,
    prototypes: pass => pass.weight<Tensor2D>('weight'),
    ...(stepwise && { prepare: unitLength }),
    frozen: ({ step }) => (step < frozenSteps ? ['weight'] : []),
    scores: (rows, pass) => {
      const weight = pass.weight<Tensor2D>('weight');
      return tf.matMul(normalizeRows(rows), stepwise ? weight : normalizeRows(weight), false, true);
    },
  };
}

function unitLength(pass: Pass): undefined {
  pass.update(
    'weight',
    tf.tidy(() => normalizeRows(pass.weight<Tensor2D>('weight'))),
  );
  return undefined;
}
