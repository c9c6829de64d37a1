import {
  normal,
  normalizeRows,
  Type,
  weightNormLinear,
  type Head,
  type Layer,
  type Stage,
  type Static,
} from '@carl-ssl/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { headOf } from './head-of.js';
import { mlpStages, type MlpLayer } from './mlp.js';

/** Options of heads that end in scores of prototypes. */
export const prototypeHeadOptions = Type.Object(
  {
    hiddenDim: Type.Integer({ minimum: 1, default: 2048, description: 'Width of the hidden layers.' }),
    bottleneckDim: Type.Integer({
      minimum: 1,
      default: 256,
      description: 'Width of the bottleneck before the prototypes.',
    }),
    prototypes: Type.Integer({
      minimum: 2,
      default: 65536,
      description: 'Number of prototypes K, the width of the output.',
    }),
    depth: Type.Integer({
      minimum: 1,
      maximum: 1000,
      default: 3,
      description: 'Number of linear layers, including the bottleneck.',
    }),
    norm: Type.Union([Type.Literal('batch'), Type.Null()], {
      default: null,
      description: 'Normalisation after every hidden linear layer.',
    }),
    activation: Type.Union([Type.Literal('gelu'), Type.Literal('relu')], {
      default: 'gelu',
      description: 'Activation after every hidden layer; gelu is the exact form with the error function.',
    }),
    learnNorm: Type.Boolean({
      default: false,
      description: 'Train the norms of the prototypes; otherwise they stay 1 and only the directions are trained.',
    }),
    frozenSteps: Type.Integer({
      minimum: 0,
      default: 0,
      description:
        'Number of initial optimizer steps in which the prototypes are not updated; has no effect in a predictor. DINO and iBOT: one epoch.',
    }),
  },
  { additionalProperties: false },
);
export type PrototypeHeadOptions = Readonly<Static<typeof prototypeHeadOptions>>;

/** Where the two heads of this kind differ. */
export interface PrototypeHeadStyle {
  /** Prefix of the perceptron's weights. */
  readonly prefix: string;
  /** Whether linear layers have a bias before batch normalisation. */
  readonly biasBeforeNorm: boolean;
  /** Whether the bottleneck is set to unit length. */
  readonly unitLength: boolean;
}

/** Perceptron, bottleneck, then scores of prototypes of given length: [B, in] -> [B, K]. */
export function prototypeHead(options: PrototypeHeadOptions, style: PrototypeHeadStyle): Head {
  const { bottleneckDim, prototypes, learnNorm, frozenSteps } = options;
  const layers = perceptron(options, style);
  const last = weightNormLinear('last_layer', { inputs: bottleneckDim, outputs: prototypes, learnNorm });
  const head = headOf(prototypes, inputDim => [
    ...mlpStages(style.prefix, layers, inputDim),
    ...(style.unitLength ? [unitLength] : []),
    { name: 'last_layer', layer: last },
  ]);
  return { ...head, frozen: ({ step }) => (step < frozenSteps ? last.weights.map(({ name }) => name) : []) };
}

function perceptron(options: PrototypeHeadOptions, style: PrototypeHeadStyle): MlpLayer[] {
  const { hiddenDim, bottleneckDim, depth, norm, activation } = options;
  const initialize = normal(0.02);
  const hidden = { units: hiddenDim, bias: !norm || style.biasBeforeNorm, norm, activation, initialize };
  const bottleneck = { units: bottleneckDim, bias: true, norm: null, activation: null, initialize };
  return [...Array.from({ length: depth - 1 }, () => hidden), bottleneck];
}

const unitLengthLayer: Layer<Tensor2D> = {
  weights: [],
  forward: input => normalizeRows(input),
  cost: shape => ({ shape, multiplyAdds: 0, activations: shape[0] }),
};

const unitLength: Stage<Tensor2D> = { name: 'unit length', layer: unitLengthLayer };
