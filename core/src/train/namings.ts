/** Names that a program gives the weights of encoders. */
export interface Naming {
  readonly name: string;
  /** The program's name of a weight with torchvision's name. */
  readonly rename: (name: string) => string;
  /** Difference between the networks of the program and ours, because of which the weights are not used. */
  readonly difference?: string;
}

type Rule = readonly [pattern: RegExp, replacement: string];

/** Torchvision's and timm's names of vision transformers. */
const VIT: readonly Rule[] = [
  [/^class_token$/, 'cls_token'],
  [/^encoder\.pos_embedding$/, 'pos_embed'],
  [/^conv_proj\./, 'patch_embed.proj.'],
  [/^encoder\.ln\./, 'norm.'],
  [/^encoder\.layers\.encoder_layer_(\d+)\.ln_([12])\./, 'blocks.$1.norm$2.'],
  [/^encoder\.layers\.encoder_layer_(\d+)\.self_attention\.in_proj_(weight|bias)$/, 'blocks.$1.attn.qkv.$2'],
  [/^encoder\.layers\.encoder_layer_(\d+)\.self_attention\.out_proj\./, 'blocks.$1.attn.proj.'],
  [/^encoder\.layers\.encoder_layer_(\d+)\.mlp\.0\./, 'blocks.$1.mlp.fc1.'],
  [/^encoder\.layers\.encoder_layer_(\d+)\.mlp\.3\./, 'blocks.$1.mlp.fc2.'],
];

/** Torchvision's and timm's names in the blocks of a ConvNeXt. */
const CONVNEXT_BLOCK: readonly Rule[] = [
  [/^layer_scale$/, 'gamma'],
  [/^block\.0\./, 'conv_dw.'],
  [/^block\.2\./, 'norm.'],
  [/^block\.3\./, 'mlp.fc1.'],
  [/^block\.5\./, 'mlp.fc2.'],
];

/** The parts of a ResNet in the order of `children()`: torchvision's has a relu and a pooling among them, lightly's has functions. */
const WITH_POOLING = ['conv1', 'bn1', '', '', 'layer1', 'layer2', 'layer3', 'layer4'];
const WITHOUT_POOLING = ['conv1', 'bn1', 'layer1', 'layer2', 'layer3', 'layer4'];

/** All namings; a name that a naming does not change is that of torchvision. */
export const NAMINGS: readonly Naming[] = [
  { name: 'torchvision', rename: name => name },
  { name: 'timm', rename: timmName },
  { name: 'lightly, children of a ResNet of torchvision', rename: name => numbered(name, WITH_POOLING) },
  { name: 'lightly, its own ResNet', rename: withShortcut },
  {
    name: 'lightly, children of its own ResNet',
    rename: name => numbered(withShortcut(name), WITHOUT_POOLING),
    difference:
      'a sequence of the children of that ResNet has no relu after the first normalisation, so that its features are others',
  },
];

/** The name in timm of a weight of a vision transformer or a ConvNeXt with torchvision's name; other names stay. */
export function timmName(name: string): string {
  const [, stage, place, rest] = /^features\.(\d+)\.(\d+)\.(.+)$/.exec(name) ?? [];
  if (stage === undefined) return applied(VIT, name).replace(/^classifier\.0\./, 'head.norm.');
  const number = Math.floor((Number(stage) - 1) / 2);
  if (stage === '0') return `stem.${place}.${rest}`;
  if (Number(stage) % 2 === 0) return `stages.${number + 1}.downsample.${place}.${rest}`;
  return `stages.${number}.blocks.${place}.${applied(CONVNEXT_BLOCK, rest)}`;
}

function withShortcut(name: string): string {
  return name.replace('.downsample.', '.shortcut.');
}

function numbered(name: string, parts: readonly string[]): string {
  const [module, ...rest] = name.split('.');
  const place = parts.indexOf(module);
  return place < 0 ? name : [String(place), ...rest].join('.');
}

function applied(rules: readonly Rule[], name: string): string {
  return rules.reduce((text, [pattern, to]) => text.replace(pattern, to), name);
}
