import type { ExportedWeight, ExportedWeights, TrainedEncoder } from '@carl-ssl/core';

type Rule = readonly [pattern: RegExp, replacement: string];

/** Names of torchvision's vision transformer, and those of timm. */
const VIT: readonly Rule[] = [
  [/^class_token$/, 'cls_token'],
  [/^encoder\.pos_embedding$/, 'pos_embed'],
  [/^conv_proj\./, 'patch_embed.proj.'],
  [/^encoder\.ln\./, 'norm.'],
  [/^encoder\.layers\.encoder_layer_(\d+)\.ln_1\./, 'blocks.$1.norm1.'],
  [/^encoder\.layers\.encoder_layer_(\d+)\.ln_2\./, 'blocks.$1.norm2.'],
  [/^encoder\.layers\.encoder_layer_(\d+)\.self_attention\.in_proj_(weight|bias)$/, 'blocks.$1.attn.qkv.$2'],
  [/^encoder\.layers\.encoder_layer_(\d+)\.self_attention\.out_proj\./, 'blocks.$1.attn.proj.'],
  [/^encoder\.layers\.encoder_layer_(\d+)\.mlp\.0\./, 'blocks.$1.mlp.fc1.'],
  [/^encoder\.layers\.encoder_layer_(\d+)\.mlp\.3\./, 'blocks.$1.mlp.fc2.'],
];

/** Names of the parts of a block of torchvision's ConvNeXt, and those of timm. */
const CONVNEXT_BLOCK: Readonly<Record<string, string>> = {
  'block.0': 'conv_dw',
  'block.2': 'norm',
  'block.3': 'mlp.fc1',
  'block.5': 'mlp.fc2',
};

/** The name of a weight in timm. */
function timmName({ encoder }: TrainedEncoder, name: string): string {
  if (encoder.use === 'vit') return VIT.reduce((text, [pattern, to]) => text.replace(pattern, to), name);
  if (encoder.use === 'convnext') return convnextName(name);
  return name;
}

function convnextName(name: string): string {
  const [, stage, place, rest] = /^features\.(\d+)\.(\d+)\.(.+)$/.exec(name) ?? [];
  if (stage === undefined) return name.replace(/^classifier\.0\./, 'head.norm.');
  const number = Math.floor((Number(stage) - 1) / 2);
  if (stage === '0') return `stem.${place}.${rest}`;
  if (Number(stage) % 2 === 0) return `stages.${number + 1}.downsample.${place}.${rest}`;
  if (rest === 'layer_scale') return `stages.${number}.blocks.${place}.gamma`;
  const [, part, kind] = /^(block\.\d)\.(weight|bias)$/.exec(rest)!;
  return `stages.${number}.blocks.${place}.${CONVNEXT_BLOCK[part]}.${kind}`;
}

/** Weights under the names of timm; layer scales are [C] there, and [C, 1, 1] in torchvision. */
export function toTimm(encoder: TrainedEncoder, weights: ExportedWeights): ExportedWeights {
  const flat = (name: string, weight: ExportedWeight): ExportedWeight =>
    name.endsWith('.gamma') ? { ...weight, shape: [weight.data.length] } : weight;
  return Object.fromEntries(
    Object.entries(weights).map(([own, weight]) => {
      const name = timmName(encoder, own);
      return [name, flat(name, weight)];
    }),
  );
}

/** The reverse of {@link toTimm}. */
export function fromTimm(encoder: TrainedEncoder, weights: ExportedWeights): ExportedWeights {
  const own = Object.keys(encoder.weights).filter(name => Object.hasOwn(weights, timmName(encoder, name)));
  return Object.fromEntries(
    own.map(name => [name, { data: weights[timmName(encoder, name)].data, shape: encoder.weights[name].shape }]),
  );
}
