import { sequence, stageCosts, type Head, type Layer, type Stage } from '@carl-ssl/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

/** A head from its stages, which depend on the width of the input. */
export function headOf(outputDim: number, stagesOf: (inputDim: number) => readonly Stage<Tensor2D>[]): Head {
  const layers = (inputDim: number): Layer<Tensor2D> => sequence(stagesOf(inputDim).map(({ layer }) => layer));
  return {
    outputDim: () => outputDim,
    weights: ([inputDim]) => layers(inputDim).weights,
    forward: (features, pass) => layers(features.shape[1]).forward(features, pass),
    cost: inputDim => stageCosts(stagesOf(inputDim), [inputDim]),
  };
}
