import { fromHalf, toHalf, type ExportedWeights, type Graph, type GraphConstant } from '@carl-ssl/core';
import { rounded } from './precision.js';

/** Fewer values than this are not worth a conversion. */
const FEWEST = 64;

/** A graph, and the factor of each output channel by which filters in it were multiplied, by the name of the weight. */
export interface ScaledGraph {
  readonly graph: Graph;
  readonly scales: Readonly<Record<string, { readonly constant: string; readonly factors: Float64Array }>>;
}

/** A graph whose matrices and filters are float16 numbers, and the weights of an encoder that computes the same. */
export interface HalfGraph {
  readonly graph: Graph;
  readonly rounded: ExportedWeights;
}

/**
 * Rounds the matrices and filters of a graph to float16. Vectors, such as biases and statistics of batch norm, keep float32:
 * they are small, and all values of a channel depend on them.
 * @throws CarlError INPUT_ARGUMENT naming a weight with a value that float16 does not have
 */
export function halfGraph({ graph, scales }: ScaledGraph, weights: ExportedWeights): HalfGraph {
  const constants: Record<string, GraphConstant> = { ...graph.constants };
  const changed: Record<string, ExportedWeights[string]> = { ...weights };
  for (const [name, { shape, data }] of Object.entries(weights)) {
    if (shape.length < 2) continue;
    const scale = Object.hasOwn(scales, name) ? scales[name] : undefined;
    const place = scale?.constant ?? name;
    if (!Object.hasOwn(constants, place)) continue;
    const constant = constants[place];
    constants[place] = { ...constant, data: rounded(name, constant.data as Float32Array) };
    changed[name] = { shape, data: scale ? unscaled({ name, data }, scale.factors) : rounded(name, data) };
  }
  return { graph: { ...graph, constants }, rounded: changed };
}

/** A weight on disk, [channels, ...], that is a float16 number after its multiplication by the factor of its channel. */
function unscaled(
  { name, data }: { readonly name: string; readonly data: Float32Array },
  factors: Float64Array,
): Float32Array {
  const each = data.length / factors.length;
  const factor = (at: number) => factors[Math.floor(at / each)];
  const scaled = Float32Array.from(data, (value, at) => value * factor(at));
  return rounded(name, scaled).map((value, at) => (factor(at) === 0 ? data[at] : value / factor(at)));
}

/** The values of a constant as float16 bits, if there are enough of them and nothing is lost. */
export function asHalf({ dtype, data }: { readonly dtype: string; readonly data: unknown }): Uint16Array | undefined {
  if (dtype !== 'float32' || !(data instanceof Float32Array) || data.length < FEWEST) return undefined;
  const bits = toHalf(data);
  const back = fromHalf(bits);
  return data.every((value, at) => Object.is(value, back[at])) ? bits : undefined;
}
