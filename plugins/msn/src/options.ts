import { Type, type Capability } from '@carl-ssl/core';

/** Options of both objectives. */
export const maskedSiameseOptions = {
  inputs: Type.Union([Type.Literal('embeddings'), Type.Literal('scores')], {
    default: 'embeddings',
    description:
      "embeddings: the objective computes cosine similarities between embeddings and the assigner's prototypes. scores: it uses the assigner's logits; works with any assigner.",
  }),
  temperature: Type.Number({
    exclusiveMinimum: 0,
    default: 0.1,
    description:
      "Cosine similarities are divided by it. With `inputs: scores`, it applies in addition to the assigner's temperature; set it to 1.",
  }),
  sharpenTemperature: Type.Number({
    exclusiveMinimum: 0,
    default: 0.25,
    description: "The teacher's assignments are raised to the power 1 / sharpenTemperature, which sharpens them.",
  }),
  iterations: Type.Integer({
    minimum: 0,
    maximum: 1000,
    default: 3,
    description: "Sinkhorn iterations that balance the teacher's assignments; 0 turns balancing off.",
  }),
  regularisationWeight: Type.Number({
    minimum: 0,
    default: 1,
    description: 'Weight of the divergence of the mean assignment from its prior.',
  }),
  targetViews: Type.Integer({
    minimum: 1,
    default: 1,
    description: 'Number of global views, counted from the first, whose teacher assignments the other views predict.',
  }),
};

export interface MaskedSiameseOptions {
  readonly inputs: 'embeddings' | 'scores';
  readonly temperature: number;
  readonly sharpenTemperature: number;
  readonly iterations: number;
  readonly regularisationWeight: number;
  readonly targetViews: number;
}

export function requiresOf({ inputs }: Pick<MaskedSiameseOptions, 'inputs'>): readonly Capability[] {
  return [inputs === 'scores' ? 'assignments' : 'prototypes', 'teacher'];
}

/** The temperature of logits; embeddings are scored here, without the assigner. */
export function temperatureOf({ inputs, temperature }: Pick<MaskedSiameseOptions, 'inputs' | 'temperature'>) {
  return inputs === 'scores' ? { option: 'temperature', value: temperature } : undefined;
}
