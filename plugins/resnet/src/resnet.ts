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
import { layoutOf, type Layout } from './layout.js';
import { outputWidth, stagesOf, totalStride, type Architecture } from './network.js';
import { pooledEncoder } from './pooled-encoder.js';

const options = Type.Object(
  {
    depth: Type.Optional(
      Type.Union([Type.Literal(18), Type.Literal(34), Type.Literal(50), Type.Literal(101), Type.Literal(152)], {
        description: 'Number of layers of a network from the paper; or give `block` and `layers` instead.',
      }),
    ),
    block: Type.Optional(
      Type.Union([Type.Literal('basic'), Type.Literal('bottleneck')], {
        description:
          'basic: two 3x3 convolutions. bottleneck: 1x1, 3x3 and 1x1 convolutions, the last with four times as many channels.',
      }),
    ),
    layers: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: 1000 }), {
        minItems: 4,
        maxItems: 4,
        description: 'Blocks in each of the four stages.',
      }),
    ),
    width: Type.Integer({
      minimum: 1,
      default: 64,
      description: 'Channels of the first stage; doubled in each further stage.',
    }),
    widen: Type.Integer({
      minimum: 1,
      default: 1,
      description: "Factor on the channels inside bottlenecks; with `depth: 50`, 2 is torchvision's wide_resnet50_2.",
    }),
    stem: Type.Union([Type.Literal('imagenet'), Type.Literal('cifar'), Type.Literal('small')], {
      default: 'imagenet',
      description:
        'First layers. imagenet: 7x7 convolution with stride 2 and 3x3 max pooling with stride 2. cifar: 3x3 convolution with ' +
        'stride 1. small: 3x3 convolution with stride 2, for quick runs on images of about 30 pixels (not from the literature).',
    }),
    zeroInitResidual: Type.Boolean({
      default: false,
      description:
        'Initialise the last normalisation scale of each block to zero, so that every block starts as the identity.',
    }),
    gradientCheckpointing,
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/** ResNet up to and with the global mean: images [B, H, W, C] -> features [B, width * 8 * expansion]. */
export const resnet = defineComponent(slots.encoder, {
  use: 'resnet',
  description: "Residual networks with torchvision's architecture, weight names and initialisation.",
  source: 'arXiv 1512.03385; torchvision',
  options,
  refuse,
  check: coarse,
  create: options => {
    const architecture = architectureOf(options);
    return pooledEncoder(outputWidth(architecture), channels => stagesOf(architecture, channels));
  },
});

function architectureOf(options: Options): Architecture {
  const layout = layoutOf(options);
  if (typeof layout === 'string') throw new CarlError('INPUT_PIPELINE', layout);
  const { width, widen, stem, zeroInitResidual, gradientCheckpointing } = options;
  const narrow = widenProblem(layout, widen);
  if (narrow) throw new CarlError('INPUT_PIPELINE', narrow);
  return { ...layout, width, widen, stem, zeroInitResidual, gradientCheckpointing };
}

function refuse(options: Options): readonly Refusal[] {
  const layout = layoutOf(options);
  if (typeof layout === 'string') return [{ code: 'RESNET_LAYOUT', path: '', message: layout }];
  const narrow = widenProblem(layout, options.widen);
  return narrow ? [{ code: 'RESNET_WIDEN', path: 'widen', message: narrow }] : [];
}

function widenProblem({ block }: Layout, widen: number): string | undefined {
  if (widen === 1 || block === 'bottleneck') return undefined;
  return (
    `\`widen: ${widen}\` is for bottlenecks, and this network has basic blocks. Take \`depth: 50\` or more, raise \`width\`, ` +
    `or use the encoder \`wide-resnet\`, made for small images.`
  );
}

/** A network that sees its smallest view as a single pixel works, but most of it works on nothing. */
function coarse({ stem }: Options, { views }: Facts): Finding[] {
  const stride = totalStride(stem);
  const side = Math.min(...views.map(view => Math.min(view.height, view.width)));
  if (side > stride || stem === 'cifar') return [];
  const message =
    `The smallest view is ${side} pixels and the \`${stem}\` stem makes the whole network reduce images ${stride} times, ` +
    `so its last stage sees a single pixel. Take \`stem: cifar\`, or larger views.`;
  return [{ severity: 'warning', code: 'RESNET_STEM_COARSE', path: 'stem', message }];
}
