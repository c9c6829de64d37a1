import {
  CarlError,
  defineComponent,
  gradientCheckpointing,
  slots,
  Type,
  type Facts,
  type Finding,
  type Refusal,
  type Static,
} from '@carl-ssl/core';
import { contradiction, type Architecture } from './architecture.js';
import { sizeProblem } from './embedding.js';
import { transformer } from './transformer.js';

const options = Type.Object(
  {
    imageSize: Type.Integer({
      minimum: 1,
      default: 224,
      description: 'Side of the global views in pixels; each of their patches has a position embedding.',
    }),
    patchSize: Type.Integer({ minimum: 1, default: 16, description: 'Side of a patch in pixels.' }),
    layers: Type.Integer({ minimum: 1, maximum: 1000, default: 12, description: 'Number of transformer blocks.' }),
    heads: Type.Integer({
      minimum: 1,
      default: 6,
      description: 'Number of attention heads, among which the width is divided.',
    }),
    dim: Type.Integer({ minimum: 1, default: 384, description: 'Width of the tokens and of the features.' }),
    mlpDim: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], {
      default: null,
      description: 'Width of the hidden layer of the MLP in each block; null uses four times the token width.',
    }),
    interpolatePositions: Type.Boolean({
      default: true,
      description: 'Interpolate the position embeddings (bicubic) for views of another size, such as local views.',
    }),
    stochasticDepth: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0,
      description:
        'Probability that the residual branches of the last block are dropped for an image during training; decreases linearly to 0 at the first block. DINO uses 0.1.',
    }),
    maskToken: Type.Boolean({
      default: false,
      description: 'Learn a mask token that replaces masked patches in the student. Objectives such as `ibot` need it.',
    }),
    gradientCheckpointing,
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * Vision transformer: images [B, H, W, C] -> the class token after the last block [B, dim]. ViT-S/16 by default. Gives
 * the patches' tokens too, as the capability `patch-tokens`, and with `maskToken` hides patches (`masked-tokens`).
 * @see arXiv 2010.11929
 */
export const vit = defineComponent(slots.encoder, {
  use: 'vit',
  knownAs: ['DeiT', 'vision transformer'],
  description: "Vision transformers with torchvision's architecture, weight names and initialisation.",
  source: 'arXiv 2010.11929; torchvision; interpolated positions as in arXiv 2104.14294',
  options,
  provides: ({ maskToken }) => (maskToken ? ['patch-tokens', 'masked-tokens'] : ['patch-tokens']),
  refuse,
  check,
  create: options => {
    const architecture = architectureOf(options);
    const problem = contradiction(architecture);
    if (problem) throw new CarlError('INPUT_PIPELINE', problem.message);
    return transformer(architecture);
  },
});

function architectureOf(options: Options): Architecture {
  return { ...options, mlpDim: options.mlpDim ?? 4 * options.dim };
}

function refuse(options: Options): readonly Refusal[] {
  const problem = contradiction(architectureOf(options));
  return problem ? [{ code: 'VIT_CONTRADICTION', ...problem }] : [];
}

function check(options: Options, { views }: Facts): readonly Finding[] {
  const architecture = architectureOf(options);
  const unfit = views.map(({ height, width }) => sizeProblem(height, width, architecture)).find(Boolean);
  if (unfit) return [{ severity: 'error', code: 'VIT_VIEW_SIZE', path: 'patchSize', message: unfit }];
  return stretched(options, views);
}

/** Interpolation is for the few: the global views should have the embeddings as they are. */
function stretched({ imageSize }: Options, views: Facts['views']): Finding[] {
  const global = views.find(({ kind }) => kind === 'global');
  if (!global || (global.height === imageSize && global.width === imageSize)) return [];
  const message =
    `The global views are ${global.height} x ${global.width} pixels, so position embeddings for ${imageSize} x ${imageSize} are ` +
    `interpolated at every step. Set \`imageSize\` to the size of the global views; evaluation uses it too.`;
  return [{ severity: 'warning', code: 'VIT_IMAGE_SIZE', path: 'imageSize', message }];
}
