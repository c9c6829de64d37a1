import type { Tensor2D } from '@tensorflow/tfjs-core';
import { Type } from '#typebox';
import type { Assigner } from '../contracts/assigner.js';
import { warning, type Facts, type Finding } from '../contracts/facts.js';
import type { Pass } from '../contracts/weights.js';
import { uniform } from '../tensor/layers/initialize.js';
import { normalizeRows } from '../tensor/layers/normalize-rows.js';
import { tf } from '../tensor/tf.js';

/** Options of assigners that may have prototypes of their own. */
export const prototypeOptions = {
  count: Type.Optional(
    Type.Integer({
      minimum: 2,
      description:
        'K, the number of prototypes of the assigner. Without it, the outputs of the head are used as scores, one column per prototype.',
    }),
  ),
  normalizePrototypes: Type.Union([Type.Literal('forward'), Type.Literal('step')], {
    default: 'step',
    description:
      "step: the assigner's prototypes are normalised to unit length before every step, as in SwAV. forward: they are normalised in the forward pass, and the gradient flows through the normalisation.",
  }),
  frozenSteps: Type.Integer({
    minimum: 0,
    default: 0,
    description: "Number of initial optimizer steps in which the assigner's prototypes are not updated.",
  }),
};

/** A warning for an assigner without prototypes of its own behind a head that does not end in prototypes. */
export function needsHeadScores({ uses, provided, prototypeCount: count }: Facts): Finding[] {
  if (provided === undefined || provided.has('prototype-scores')) return [];
  const { head } = uses;
  const source = head === undefined ? 'features, for there is no head,' : `outputs of the head \`${head}\``;
  const message =
    `it has no prototypes of its own here, so the ${count === undefined ? '' : `${count} `}${source} are used as scores of prototypes. ` +
    'Set assigner.count where the assigner has that option, or take a head that ends in prototypes (dino-head, carp-head).';
  return [warning('ASSIGNER_SCORES_EMBEDDINGS', '', message)];
}

export interface OwnPrototypesOptions {
  readonly count?: number;
  /** `forward`: scores are computed with unit rows; `step`: rows are set to unit length before a step; `never`: no normalisation. */
  readonly normalizePrototypes: 'forward' | 'step' | 'never';
  /** Embeddings are scored at unit length; the default. */
  readonly normalizeEmbeddings?: boolean;
  readonly frozenSteps: number;
}

/** The parts of an assigner that do not depend on how scores become assignments. */
export interface Scorer extends Pick<Assigner, 'weights' | 'prototypeCount' | 'prototypes' | 'prepare' | 'frozen'> {
  /**
   * Scores of embeddings by the prototypes of a pass, or the head's scores themselves, over a temperature: [B, D] -> [B, K].
   * The embeddings are divided by it, so that one matrix [B, K] is kept for the backward pass.
   */
  readonly scores: (pass: Pass, temperature?: number) => (rows: Tensor2D) => Tensor2D;
}

/** Inner products with `count` learned prototypes, or without `count` the scores that the head has computed. */
export function scorerOf(o: OwnPrototypesOptions): Scorer {
  const { count, normalizePrototypes, normalizeEmbeddings = true, frozenSteps } = o;
  const over = (rows: Tensor2D, temperature = 1): Tensor2D => (temperature === 1 ? rows : tf.div(rows, temperature));
  if (count === undefined)
    return {
      weights: () => [],
      prototypeCount: dim => dim,
      scores: (_, temperature) => rows => over(rows, temperature),
    };
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
    prototypes: weightOf,
    ...(normalizePrototypes === 'step' && { prepare: unitLength }),
    frozen: ({ step }) => (step < frozenSteps ? ['weight'] : []),
    scores: (pass, temperature) => {
      const weight = normalizePrototypes === 'forward' ? normalizeRows(weightOf(pass)) : weightOf(pass);
      const scored = (rows: Tensor2D): Tensor2D => over(normalizeEmbeddings ? normalizeRows(rows) : rows, temperature);
      return rows => tf.matMul(scored(rows), weight, false, true);
    },
  };
}

const weightOf = (pass: Pass): Tensor2D => pass.weight<Tensor2D>('weight');

function unitLength(pass: Pass): undefined {
  pass.update(
    'weight',
    tf.tidy(() => normalizeRows(weightOf(pass))),
  );
  return undefined;
}
