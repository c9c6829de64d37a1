import {
  CarlError,
  defineComponent,
  globalMeanPool,
  gradientCheckpointing,
  pooledLayers,
  sequence,
  slots,
  stageCosts,
  tf,
  Type,
  type Encoder,
  type Facts,
  type Finding,
  type Refusal,
  type Static,
} from '@carl-ssl/core';
import { layoutOf, type Size } from './layout.js';
import { lastNorm, outputWidth, stagesOf, totalStride, type Architecture } from './network.js';

const sizes: readonly Size[] = ['atto', 'femto', 'pico', 'nano', 'tiny', 'small', 'base', 'large'];
const perStage = { minItems: 4, maxItems: 4 };

const options = Type.Object(
  {
    size: Type.Optional(
      Type.Union(
        sizes.map(size => Type.Literal(size)),
        { description: 'Name of a standard network; or give `depths` and `dims` instead.' },
      ),
    ),
    depths: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: 1000 }), {
        ...perStage,
        description: 'Blocks in each of the four stages.',
      }),
    ),
    dims: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1 }), { ...perStage, description: 'Channels of each of the four stages.' }),
    ),
    patchSize: Type.Integer({
      minimum: 1,
      default: 4,
      description: 'Patch size of the stem in pixels; 1 or 2 suits images of about 30 pixels.',
    }),
    layerScale: Type.Number({
      minimum: 0,
      default: 1e-6,
      description: 'Initial layer scale of each residual branch; with 1e-6, every block starts close to the identity.',
    }),
    stochasticDepth: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0,
      description:
        'Probability that the residual branch of the last block is dropped for an image during training; decreases linearly to 0 at the first block.',
    }),
    gradientCheckpointing,
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/** ConvNeXt up to and with the normalisation of the global mean: images [B, H, W, C] -> features [B, dims[3]]. */
export const convnext = defineComponent(slots.encoder, {
  use: 'convnext',
  description: "ConvNeXt with torchvision's architecture, weight names and initialisation.",
  source: 'arXiv 2201.03545; torchvision; sizes below tiny as in timm',
  options,
  refuse,
  check,
  create: options => createConvNext(architectureOf(options)),
});

function createConvNext(architecture: Architecture): Encoder {
  const featureDim = outputWidth(architecture);
  const stages = (channels: number) => stagesOf(architecture, channels);
  const layers = (channels: number) => sequence(stages(channels).map(({ layer }) => layer));
  const norm = lastNorm(architecture);
  return {
    featureDim,
    minimumSize: totalStride(architecture.patchSize),
    weights: ([, , channels]) => [...layers(channels).weights, ...norm.weights],
    forward: (images, pass) =>
      tf.tidy(() => norm.forward(globalMeanPool(layers(images.shape[3]).forward(images, pass)), pass)),
    ...pooledLayers(stages),
    cost: input => [
      ...stageCosts(stages(input[2]), input),
      { stage: 'pool', shape: [featureDim], multiplyAdds: 0, activations: 2 * featureDim },
    ],
  };
}

function architectureOf(options: Options): Architecture {
  const layout = layoutOf(options);
  if (typeof layout === 'string') throw new CarlError('INPUT_PIPELINE', layout);
  const { patchSize, layerScale, stochasticDepth, gradientCheckpointing } = options;
  return { ...layout, patchSize, layerScale, stochasticDepth, gradientCheckpointing };
}

function refuse(options: Options): readonly Refusal[] {
  const layout = layoutOf(options);
  return typeof layout === 'string' ? [{ code: 'CONVNEXT_LAYOUT', path: '', message: layout }] : [];
}

function check(options: Options, { views }: Facts): readonly Finding[] {
  const stride = totalStride(options.patchSize);
  const side = Math.min(...views.map(({ height, width }) => Math.min(height, width)));
  if (side >= 2 * stride) return [];
  const reduced = `The smallest view is ${side} pixels and the network reduces images ${stride} times, so its last stage sees`;
  const remedy = 'Take a smaller `patchSize`, or larger views.';
  return side < stride
    ? [{ severity: 'error', code: 'CONVNEXT_VIEW_SIZE', path: 'patchSize', message: `${reduced} nothing. ${remedy}` }]
    : [
        {
          severity: 'warning',
          code: 'CONVNEXT_STEM_COARSE',
          path: 'patchSize',
          message: `${reduced} a single pixel. ${remedy}`,
        },
      ];
}
