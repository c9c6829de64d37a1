import { defineComponent, slots } from '@carl-ssl/core';
import { Type } from 'typebox';
import { headOf } from './head-of.js';
import { mlpStages } from './mlp.js';

const layer = Type.Object(
  {
    units: Type.Integer({ minimum: 1, description: 'Width of its output.' }),
    bias: Type.Boolean({
      default: true,
      description: 'Whether the linear layer has a bias; needless before `norm: batch`.',
    }),
    norm: Type.Union([Type.Literal('batch'), Type.Literal('batch-plain'), Type.Null()], {
      default: null,
      description: 'Normalisation after the linear layer. batch-plain: batch normalisation without scale and offset.',
    }),
    activation: Type.Union([Type.Literal('relu'), Type.Literal('gelu'), Type.Null()], {
      default: null,
      description: 'What follows the normalisation.',
    }),
  },
  { additionalProperties: false, description: 'One linear layer and what follows it.' },
);

const options = Type.Object(
  { layers: Type.Array(layer, { minItems: 1, description: 'The linear layers in order.' }) },
  { additionalProperties: false },
);

/** A multi-layer perceptron: [B, in] -> [B, units of the last layer]. */
export const mlpHead = defineComponent(slots.head, {
  use: 'mlp-head',
  knownAs: ['MLP', 'projector', 'projection head'],
  description:
    'Linear layers, each with batch normalisation and an activation if wanted: the usual projector and predictor.',
  source: 'arXiv 2002.05709 (SimCLR), 2006.07733 (BYOL), 2011.10566 (SimSiam), 2105.04906 (VICReg)',
  options,
  create: ({ layers }) => headOf(layers.at(-1)!.units, inputDim => mlpStages('layers', layers, inputDim)),
});
