import { CarlError, type TrainedEncoder } from '@carl-ssl/core';
import { noForm, residualLayout } from './residual-layout.js';

/** Python code that makes the encoder from torchvision's parts, as the body of a function that returns `model`. */
export interface PythonModule {
  readonly imports: readonly string[];
  readonly body: readonly string[];
  /** Definitions before the function. */
  readonly definitions?: readonly string[];
}

/** @throws CarlError INPUT_ARGUMENT if torchvision has no such network */
export function torchvisionModule(encoder: TrainedEncoder): PythonModule {
  const { use } = encoder.encoder;
  if (use === 'resnet') return resnet(encoder);
  if (use === 'vit') return vit(encoder);
  if (use === 'convnext') return convnext(encoder);
  throw noForm('torchvision', encoder);
}

function resnet(encoder: TrainedEncoder): PythonModule {
  const { name, block, layers, width, widen, stem } = residualLayout(encoder);
  const [, , channels] = encoder.image;
  if (stem === 'imagenet' && width === 64) {
    const kind = block === 'basic' ? 'BasicBlock' : 'Bottleneck';
    const made = name
      ? `${name}(weights=None)`
      : `ResNet(${kind}, [${layers.join(', ')}], width_per_group=${64 * widen})`;
    return {
      imports: [
        'from torch import nn',
        name ? `from torchvision.models import ${name}` : `from torchvision.models.resnet import ${kind}, ResNet`,
      ],
      body: [
        `model = ${made}`,
        ...(channels === 3 ? [] : [`model.conv1 = nn.Conv2d(${channels}, 64, 7, 2, 3, bias=False)`]),
        'model.fc = nn.Identity()',
      ],
    };
  }
  return ownResnet(encoder);
}

/** A network of torchvision's blocks with another stem or width. */
function ownResnet(encoder: TrainedEncoder): PythonModule {
  const { block, layers, width, widen, stem } = residualLayout(encoder);
  const [, , channels] = encoder.image;
  const kind = block === 'basic' ? 'BasicBlock' : 'Bottleneck';
  const first = { imagenet: '7, 2, 3', cifar: '3, 1, 1', small: '3, 2, 1' }[stem];
  return {
    imports: ['import torch', 'from torch import nn', `from torchvision.models.resnet import ${kind}, conv1x1`],
    definitions: [
      'class Encoder(nn.Module):',
      '    def __init__(self):',
      '        super().__init__()',
      `        self.conv1 = nn.Conv2d(${channels}, ${width}, ${first}, bias=False)`,
      `        self.bn1 = nn.BatchNorm2d(${width})`,
      '        self.relu = nn.ReLU(inplace=True)',
      `        self.maxpool = ${stem === 'imagenet' ? 'nn.MaxPool2d(3, 2, 1)' : 'nn.Identity()'}`,
      `        inputs = ${width}`,
      `        for stage, blocks in enumerate([${layers.join(', ')}]):`,
      `            planes = ${width} * 2**stage`,
      '            parts = []',
      '            for place in range(blocks):',
      '                stride = 2 if stage > 0 and place == 0 else 1',
      `                outputs = planes * ${kind}.expansion`,
      '                shortcut = None',
      '                if stride != 1 or inputs != outputs:',
      '                    shortcut = nn.Sequential(conv1x1(inputs, outputs, stride), nn.BatchNorm2d(outputs))',
      `                parts.append(${kind}(inputs, planes, stride, shortcut, base_width=${64 * widen}))`,
      '                inputs = outputs',
      '            setattr(self, f"layer{stage + 1}", nn.Sequential(*parts))',
      '',
      '    def forward(self, images):',
      '        x = self.maxpool(self.relu(self.bn1(self.conv1(images))))',
      '        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))',
      '        return torch.flatten(nn.functional.adaptive_avg_pool2d(x, 1), 1)',
    ],
    body: ['model = Encoder()'],
  };
}

interface VitOptions {
  readonly imageSize: number;
  readonly patchSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly dim: number;
  readonly mlpDim: number | null;
}

/** Options of a vision transformer for images of the size of its position embeddings. @throws CarlError INPUT_ARGUMENT */
export function vitOptions({
  encoder,
  image: [height, width],
}: TrainedEncoder): VitOptions & { readonly mlpDim: number } {
  const options = encoder as unknown as VitOptions;
  if (height !== options.imageSize || width !== options.imageSize)
    throw new CarlError(
      'INPUT_ARGUMENT',
      `The images have ${height} x ${width} pixels and the position embeddings are those of ${options.imageSize} x ${options.imageSize}, which ` +
        'PyTorch libraries do not interpolate in the same way. Export the encoder with --format onnx or tfjs.',
    );
  return { ...options, mlpDim: options.mlpDim ?? 4 * options.dim };
}

function vit(encoder: TrainedEncoder): PythonModule {
  const { imageSize, patchSize, layers, heads, dim, mlpDim } = vitOptions(encoder);
  const [, , channels] = encoder.image;
  return {
    imports: ['from torch import nn', 'from torchvision.models import VisionTransformer'],
    body: [
      `model = VisionTransformer(image_size=${imageSize}, patch_size=${patchSize}, num_layers=${layers}, num_heads=${heads},`,
      `                          hidden_dim=${dim}, mlp_dim=${mlpDim})`,
      ...(channels === 3 ? [] : [`model.conv_proj = nn.Conv2d(${channels}, ${dim}, ${patchSize}, ${patchSize})`]),
      'model.heads = nn.Identity()',
    ],
  };
}

/** Blocks and channels of each stage of a ConvNeXt, read from its weights. */
export function convnextStages({ weights }: TrainedEncoder): {
  readonly depths: readonly number[];
  readonly dims: readonly number[];
} {
  const stages = [1, 3, 5, 7];
  const block = (stage: number, place: number) => `features.${stage}.${place}.layer_scale`;
  const depths = stages.map(
    stage =>
      Object.keys(weights).filter(name => name.startsWith(`features.${stage}.`) && name.endsWith('.layer_scale'))
        .length,
  );
  return { depths, dims: stages.map(stage => weights[block(stage, 0)].shape[0]) };
}

function convnext(encoder: TrainedEncoder): PythonModule {
  const { depths, dims } = convnextStages(encoder);
  const { patchSize } = encoder.encoder as unknown as { readonly patchSize: number };
  const [, , channels] = encoder.image;
  const settings = depths.map((depth, i) => `CNBlockConfig(${dims[i]}, ${dims[i + 1] ?? 'None'}, ${depth})`);
  return {
    imports: ['from torch import nn', 'from torchvision.models.convnext import CNBlockConfig, ConvNeXt'],
    body: [
      `model = ConvNeXt([${settings.join(', ')}])`,
      ...(channels === 3 && patchSize === 4
        ? []
        : [`model.features[0][0] = nn.Conv2d(${channels}, ${dims[0]}, ${patchSize}, ${patchSize})`]),
      'model.classifier[2] = nn.Identity()',
    ],
  };
}
