import { CarlError, type TrainedEncoder } from '@carl-ssl/core';
import { noForm, residualLayout } from './residual-layout.js';
import { convnextStages, vitOptions, type PythonModule } from './torchvision-module.js';

/** Python code that makes the encoder with timm. @throws CarlError INPUT_ARGUMENT if timm has no such network */
export function timmModule(encoder: TrainedEncoder): PythonModule {
  const { use } = encoder.encoder;
  if (use === 'resnet') return resnet(encoder);
  if (use === 'vit') return vit(encoder);
  if (use === 'convnext') return convnext(encoder);
  throw noForm('timm', encoder);
}

function resnet(encoder: TrainedEncoder): PythonModule {
  const { name, block, layers, width, widen, stem } = residualLayout(encoder);
  const [, , channels] = encoder.image;
  if (width !== 64)
    throw new CarlError(
      'INPUT_ARGUMENT',
      `The ResNets of timm have 64 channels after the stem, and this one has ${width}. Export it with --format torchvision, which adds a Python module for it.`,
    );
  const kind = block === 'basic' ? 'BasicBlock' : 'Bottleneck';
  const first = { imagenet: undefined, cifar: '3, 1, 1', small: '3, 2, 1' }[stem];
  return {
    imports: [
      ...(first ? ['from torch import nn'] : []),
      name ? 'import timm' : `from timm.models.resnet import ${kind}, ResNet`,
    ],
    body: [
      name
        ? `model = timm.create_model("${name}", num_classes=0, in_chans=${channels})`
        : `model = ResNet(${kind}, [${layers.join(', ')}], num_classes=0, in_chans=${channels}, base_width=${64 * widen})`,
      ...(first
        ? [`model.conv1 = nn.Conv2d(${channels}, 64, ${first}, bias=False)`, 'model.maxpool = nn.Identity()']
        : []),
    ],
  };
}

function vit(encoder: TrainedEncoder): PythonModule {
  const { imageSize, patchSize, layers, heads, dim, mlpDim } = vitOptions(encoder);
  return {
    imports: ['from timm.models.vision_transformer import VisionTransformer'],
    body: [
      `model = VisionTransformer(img_size=${imageSize}, patch_size=${patchSize}, embed_dim=${dim}, depth=${layers}, num_heads=${heads},`,
      `                          mlp_ratio=${mlpDim} / ${dim}, in_chans=${encoder.image[2]}, num_classes=0)`,
    ],
  };
}

function convnext(encoder: TrainedEncoder): PythonModule {
  const { depths, dims } = convnextStages(encoder);
  const { patchSize } = encoder.encoder as unknown as { readonly patchSize: number };
  return {
    imports: ['from timm.models.convnext import ConvNeXt'],
    body: [
      `model = ConvNeXt(in_chans=${encoder.image[2]}, num_classes=0, patch_size=${patchSize},`,
      `                 depths=(${depths.join(', ')}), dims=(${dims.join(', ')}))`,
    ],
  };
}
