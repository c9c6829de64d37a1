import { CarlError, defineComponent, gradientCheckpointing, slots, Type, type Refusal } from '@carl-ssl/core';
import { pooledEncoder } from './pooled-encoder.js';
import { wideOutputWidth, wideStagesOf } from './pre-activation.js';

const options = Type.Object(
  {
    depth: Type.Integer({
      minimum: 10,
      maximum: 10_000,
      default: 28,
      description: 'Number of layers: 6 n + 4 for n blocks in each of the three groups, such as 16, 22, 28 or 40.',
    }),
    widen: Type.Integer({ minimum: 1, default: 10, description: 'Widening factor: 2 for WRN-28-2.' }),
    width: Type.Integer({
      minimum: 1,
      default: 16,
      description: 'Channels of the first convolution; the three groups have `widen` times 1, 2 and 4 times as many.',
    }),
    gradientCheckpointing,
  },
  { additionalProperties: false },
);

/**
 * WRN-28-10 and its kin for images of about 32 pixels, up to and with the global mean: images [B, H, W, C] ->
 * features [B, width * widen * 4]. Not to be confused with `resnet` with `widen: 2`, which is torchvision's wide_resnet50_2.
 * @see arXiv 1605.07146
 */
export const wideResnet = defineComponent(slots.encoder, {
  use: 'wide-resnet',
  knownAs: ['WRN'],
  description: 'Wide residual networks with pre-activation, for small images.',
  source: 'arXiv 1605.07146; names of https://github.com/xternalz/WideResNet-pytorch',
  options,
  refuse: ({ depth }): Refusal[] => {
    const problem = depthProblem(depth);
    return problem ? [{ code: 'WIDE_RESNET_DEPTH', path: 'depth', message: problem }] : [];
  },
  create: ({ depth, ...options }) => {
    const problem = depthProblem(depth);
    if (problem) throw new CarlError('INPUT_PIPELINE', problem);
    const architecture = { blocks: (depth - 4) / 6, ...options };
    return pooledEncoder(wideOutputWidth(architecture), channels => wideStagesOf(architecture, channels));
  },
});

function depthProblem(depth: number): string | undefined {
  if ((depth - 4) % 6 === 0) return undefined;
  const below = Math.max(10, 6 * Math.floor((depth - 4) / 6) + 4);
  return `\`depth: ${depth}\` is not 6 n + 4, as three equal groups of blocks with two layers need. Take ${below} or ${below + 6}.`;
}
