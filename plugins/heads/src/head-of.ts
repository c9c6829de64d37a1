import type { Cost, Head, Layer } from '@carl-ssl/core';
import type { Tensor2D } from '@tensorflow/tfjs';

/** A part of a head that `plan` shows by itself. */
export interface Part {
  readonly name: string;
  readonly layer: Layer<Tensor2D>;
}

/** A head from its parts, which depend on the width of the input. */
export function headOf(outputDim: number, partsOf: (inputDim: number) => readonly Part[]): Head {
  const made = new Map<number, readonly Part[]>();
  const parts = (inputDim: number): readonly Part[] => {
    const known = made.get(inputDim) ?? partsOf(inputDim);
    made.set(inputDim, known);
    return known;
  };
  return {
    outputDim: () => outputDim,
    weights: ([inputDim]) => parts(inputDim).flatMap(({ layer }) => layer.weights),
    forward: (features, pass) =>
      parts(features.shape[1]).reduce((value, { layer }) => layer.forward(value, pass), features),
    cost: inputDim => costs(parts(inputDim), inputDim),
  };
}

function costs(parts: readonly Part[], inputDim: number): Cost[] {
  let shape: readonly number[] = [inputDim];
  return parts.map(({ name, layer }) => {
    const cost = layer.cost(shape);
    shape = cost.shape;
    return { stage: name, ...cost };
  });
}
