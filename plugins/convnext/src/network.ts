import { checkpointed, dropRates, layerNorm, patchConv, sequence, type Layer, type Stage } from '@carl-ssl/core';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { block, initialize } from './block.js';
import type { Layout } from './layout.js';

/** A ConvNeXt without the number of channels of its images. */
export interface Architecture extends Layout {
  /** Side of the patches the stem sees, pixels. */
  readonly patchSize: number;
  readonly layerScale: number;
  /** Probability that the last block's branch is left out. */
  readonly stochasticDepth: number;
  readonly gradientCheckpointing: boolean;
}

/** Pixels of the image, along one side, for each pixel of the last stage. */
export const totalStride = (patchSize: number): number => patchSize * 8;

/** Channels of the last stage. */
export const outputWidth = ({ dims }: Architecture): number => dims[dims.length - 1];

/** The stem and the stages for images with the given number of channels; each stage but the first halves its input first. */
export function stagesOf(architecture: Architecture, channels: number): readonly Stage<Tensor4D>[] {
  const { dims, depths, patchSize: size, layerScale, gradientCheckpointing } = architecture;
  const rates = dropRates(architecture.stochasticDepth, sum(depths));
  const stages = dims.map((dim, index) => {
    const before = sum(depths.slice(0, index));
    const blocks = rates
      .slice(before, before + depths[index])
      .map((dropRate, place) =>
        checkpointed(block(`features.${2 * index + 1}.${place}`, { dim, layerScale, dropRate }), gradientCheckpointing),
      );
    const halved = index === 0 ? [] : downsample(`features.${2 * index}`, dims[index - 1], dim);
    return { name: `stage${index + 1}`, layer: sequence([...halved, ...blocks]) };
  });
  const stem = [
    patchConv('features.0.0', { inputs: channels, outputs: dims[0], size, initialize }),
    layerNorm<Tensor4D>('features.0.1', dims[0]),
  ];
  return [{ name: 'stem', layer: sequence(stem) }, ...stages];
}

/** The normalisation of the pooled features; torchvision counts it to the classifier, the paper to the network. */
export function lastNorm(architecture: Architecture): Layer<Tensor2D> {
  return layerNorm('classifier.0', outputWidth(architecture));
}

function downsample(name: string, inputs: number, outputs: number): Layer<Tensor4D>[] {
  return [layerNorm(`${name}.0`, inputs), patchConv(`${name}.1`, { inputs, outputs, size: 2, initialize })];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
