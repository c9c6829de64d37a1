import { timmName, type ExportedWeight, type ExportedWeights, type TrainedEncoder } from '@carl-ssl/core';

/** Weights under the names of timm; layer scales are [C] there, and [C, 1, 1] in torchvision. */
export function toTimm(weights: ExportedWeights): ExportedWeights {
  const flat = (name: string, weight: ExportedWeight): ExportedWeight =>
    name.endsWith('.gamma') ? { ...weight, shape: [weight.data.length] } : weight;
  return Object.fromEntries(
    Object.entries(weights).map(([own, weight]) => {
      const name = timmName(own);
      return [name, flat(name, weight)];
    }),
  );
}

/** The reverse of {@link toTimm}. */
export function fromTimm(encoder: TrainedEncoder, weights: ExportedWeights): ExportedWeights {
  const own = Object.keys(encoder.weights).filter(name => Object.hasOwn(weights, timmName(name)));
  return Object.fromEntries(
    own.map(name => [name, { data: weights[timmName(name)].data, shape: encoder.weights[name].shape }]),
  );
}
