import {
  batchNorm,
  batchNormRelu,
  gelu,
  linear,
  relu,
  sequence,
  type Initializer,
  type Layer,
  type Stage,
} from '@carl-ssl/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

/** One linear layer and what follows it. */
export interface MlpLayer {
  readonly units: number;
  readonly bias: boolean;
  readonly norm: 'batch' | 'batch-plain' | null;
  readonly activation: 'relu' | 'gelu' | null;
  /** Of the linear weight, biases then start at zero; else both start as torch's. */
  readonly initialize?: Initializer;
}

/**
 * Linear layers with their normalisation and activation, one stage a linear layer. Weights are named as in a torch
 * `Sequential`: `prefix.n`, n counting linear layers, normalisations and activations.
 */
export function mlpStages(prefix: string, layers: readonly MlpLayer[], inputDim: number): Stage<Tensor2D>[] {
  let place = 0;
  let inputs = inputDim;
  return layers.map(options => {
    const name = `${prefix}.${place}`;
    const modules = modulesOf(options, { inputs, name: offset => `${prefix}.${place + offset}` });
    // Numbered as torch numbers modules, whatever is computed together.
    place += 1 + Number(options.norm !== null) + Number(options.activation !== null);
    inputs = options.units;
    return { name, layer: sequence(modules) };
  });
}

function modulesOf(options: MlpLayer, at: { inputs: number; name: (offset: number) => string }): Layer<Tensor2D>[] {
  const { units, bias, norm, activation, initialize } = options;
  const modules: Layer<Tensor2D>[] = [linear(at.name(0), { inputs: at.inputs, outputs: units, bias, initialize })];
  const rectified = activation === 'relu';
  if (norm) modules.push((rectified ? batchNormRelu : batchNorm)(at.name(1), units, { affine: norm === 'batch' }));
  if (activation && !(norm && rectified)) modules.push(rectified ? relu() : gelu());
  return modules;
}
