import { defineComponent, slots, Type, type Head } from '@carl-ssl/core';
import { headOf } from './head-of.js';
import { mlpStages } from './mlp.js';

const layer = Type.Object(
  {
    units: Type.Integer({ minimum: 1, description: 'Output width.' }),
    bias: Type.Boolean({
      default: true,
      description: 'Whether the linear layer has a bias; redundant before `norm: batch`.',
    }),
    norm: Type.Union([Type.Literal('batch'), Type.Literal('batch-plain'), Type.Null()], {
      default: null,
      description: 'Normalisation after the linear layer. batch-plain: batch normalisation without scale and offset.',
    }),
    activation: Type.Union([Type.Literal('relu'), Type.Literal('gelu'), Type.Null()], {
      default: null,
      description: 'Activation after the normalisation.',
    }),
  },
  { additionalProperties: false, description: 'A linear layer with optional normalisation and activation.' },
);

const options = Type.Object(
  {
    layers: Type.Array(layer, { minItems: 1, description: 'The linear layers in order.' }),
    patchLayers: Type.Union([Type.Array(layer, { minItems: 1 }), Type.Null()], {
      default: null,
      description:
        'Layers of a second MLP for patches, for objectives that compare patches (`vicregl`). Without it, patches pass through `layers`.',
    }),
  },
  { additionalProperties: false },
);

/** A multi-layer perceptron: [B, in] -> [B, units of the last layer]. */
export const mlpHead = defineComponent(slots.head, {
  use: 'mlp-head',
  knownAs: ['MLP', 'projector', 'projection head'],
  description:
    'An MLP: linear layers, each with optional batch normalisation and activation. The usual projector and predictor.',
  source: 'arXiv 2002.05709 (SimCLR), 2006.07733 (BYOL), 2011.10566 (SimSiam), 2105.04906 (VICReg)',
  options,
  create: ({ layers, patchLayers }): Head => {
    const head = headOf(layers.at(-1)!.units, inputDim => mlpStages('layers', layers, inputDim));
    if (!patchLayers) return head;
    const patches = headOf(patchLayers.at(-1)!.units, inputDim => mlpStages('patches', patchLayers, inputDim));
    return {
      ...head,
      weights: input => [...head.weights(input), ...patches.weights(input)],
      patches: (tokens, pass) => patches.forward(tokens, pass),
    };
  },
});
