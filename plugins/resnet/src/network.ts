import { batchNormRelu, checkpointed, conv, maxPool, sequence, type Layer, type Stage } from '@carl-ssl/core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { residualBlock } from './block.js';
import { EXPANSION, type Layout } from './layout.js';

export type StemName = 'imagenet' | 'cifar' | 'small';

/** A ResNet without the number of channels of its images. */
export interface Architecture extends Layout {
  /** Channels after the stem. */
  readonly width: number;
  /** Factor of the channels inside bottlenecks. */
  readonly widen: number;
  readonly stem: StemName;
  readonly zeroInitResidual: boolean;
  readonly gradientCheckpointing: boolean;
}

const STEMS: Readonly<Record<StemName, { readonly size: number; readonly stride: number; readonly pool: boolean }>> = {
  imagenet: { size: 7, stride: 2, pool: true },
  cifar: { size: 3, stride: 1, pool: false },
  small: { size: 3, stride: 2, pool: false },
};

/** Pixels of the image, along one side, for each pixel of the last stage. */
export function totalStride(stem: StemName): number {
  const { stride, pool } = STEMS[stem];
  return stride * (pool ? 2 : 1) * 8;
}

/** Channels of the last stage. */
export function outputWidth({ block, width, layers }: Architecture): number {
  return stageWidth(width, layers.length - 1) * EXPANSION[block];
}

/** The stem and the stages for images with the given number of channels. */
export function stagesOf(architecture: Architecture, channels: number): readonly Stage<Tensor4D>[] {
  const stages = architecture.layers.map((_, index) => ({
    name: `layer${index + 1}`,
    layer: stage(architecture, index),
  }));
  return [{ name: 'stem', layer: stem(architecture, channels) }, ...stages];
}

function stem({ stem, width, gradientCheckpointing }: Architecture, inputs: number): Layer<Tensor4D> {
  const { size, stride, pool } = STEMS[stem];
  const layers = sequence<Tensor4D>([
    conv('conv1', { inputs, outputs: width, size, stride, normalized: true }),
    batchNormRelu('bn1', width),
    ...(pool ? [maxPool(3, 2)] : []),
  ]);
  return checkpointed(layers, gradientCheckpointing);
}

/** Blocks of one width; the first of them, but for the first stage's, halves height and width. */
function stage(architecture: Architecture, index: number): Layer<Tensor4D> {
  const { block: kind, layers, width, widen, zeroInitResidual, gradientCheckpointing } = architecture;
  const inner = stageWidth(width, index);
  const before = index === 0 ? width : stageWidth(width, index - 1) * EXPANSION[kind];
  const blocks = Array.from({ length: layers[index] }, (_, place) => {
    const block = residualBlock(`layer${index + 1}.${place}`, kind, {
      inputs: place === 0 ? before : inner * EXPANSION[kind],
      inner: inner * widen,
      outputs: inner * EXPANSION[kind],
      stride: place === 0 && index > 0 ? 2 : 1,
      zeroInit: zeroInitResidual,
    });
    return checkpointed(block, gradientCheckpointing);
  });
  return sequence(blocks);
}

function stageWidth(width: number, index: number): number {
  return width * 2 ** index;
}
