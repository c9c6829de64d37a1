import type { Encoder } from '../contracts/encoder.js';

/** The encoder up to a layer, whose features are then h; the encoder itself without a name. */
export function encoderAt(encoder: Encoder, name: string | undefined): Encoder {
  if (name === undefined) return encoder;
  return {
    featureDim: layerDim(encoder, name),
    minimumSize: encoder.minimumSize,
    weights: image => encoder.weights(image),
    forward: (images, pass) => encoder.layer!(name, images, pass),
    cost: image => encoder.cost(image),
  };
}

/** Width of the features of a layer, or of the encoder without a name. */
export function layerDim({ featureDim, layers = [] }: Encoder, name: string | undefined): number {
  return name === undefined ? featureDim : layers.find(layer => layer.name === name)!.dim;
}
