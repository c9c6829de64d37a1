import type { Initializer } from '../../contracts/weights.js';

/** All values the same. */
export function filled(value: number): Initializer {
  return (_random, shape) => new Float32Array(length(shape)).fill(value);
}

/**
 * Normal with mean 0. The heads of DINO and CARP truncate at +-2, which is a hundred times their deviation of 0.02: the
 * same distribution.
 */
export function normal(deviation: number): Initializer {
  return (random, shape) => Float32Array.from({ length: length(shape) }, () => deviation * random.normal());
}

/** Uniform in [-bound, bound). */
export function uniform(bound: number): Initializer {
  return (random, shape) => Float32Array.from({ length: length(shape) }, () => random.range(-bound, bound));
}

/** Rows of unit length in directions drawn uniformly: [..., D]. */
export const unitRows: Initializer = (random, shape) => {
  const dim = shape[shape.length - 1];
  const values = normal(1)(random, shape);
  for (let start = 0; start < values.length; start += dim) {
    const row = values.subarray(start, start + dim);
    const norm = Math.hypot(...row);
    row.forEach((value, i) => (row[i] = value / norm));
  }
  return values;
};

/** PyTorch's default for linear layers and their biases: uniform within 1 / sqrt(inputs). */
export function uniformFanIn(inputs: number): Initializer {
  return uniform(1 / Math.sqrt(inputs));
}

/**
 * Normal with deviation sqrt(2 / fan-out), fan-out = height * width * out, for convolutions [height, width, in, out]
 * before ReLU: the initialisation of torchvision's ResNet.
 * @see arXiv 1502.01852
 */
export const kaimingNormalFanOut: Initializer = (random, shape) => {
  const [height, width, , out] = shape;
  return normal(Math.sqrt(2 / (height * width * out)))(random, shape);
};

/**
 * Uniform within sqrt(6 / (inputs + outputs)), for linear layers [outputs, inputs].
 * @see http://proceedings.mlr.press/v9/glorot10a.html
 */
export const xavierUniform: Initializer = (random, shape) => {
  const [outputs, inputs] = shape;
  return uniform(Math.sqrt(6 / (inputs + outputs)))(random, shape);
};

function length(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}
