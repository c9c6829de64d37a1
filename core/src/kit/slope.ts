import type { Objective } from '../contracts/objective.js';
import { tf } from '../tensor/tf.js';
import { learned, lossOf, moved, type Inputs } from './objective.js';
import { streams } from './probe.js';

/** Slope of the loss from differences, with its uncertainty. */
export interface Slope {
  readonly value: number;
  readonly uncertainty: number;
}

/** Relative rounding error of a loss that is summed over a batch in float32. */
const ROUNDING = 2e-6;
/** Lengths of the step, relative to the standard deviation of a view. */
const WIDTHS = [0.08, 0.04, 0.02] as const;

/**
 * Slope of the loss along a direction, from central differences at three widths extrapolated to width zero (Richardson).
 * The uncertainty is the last change of the extrapolation plus the effect of rounding at the smallest width.
 * @param loss the loss of the inputs
 */
export function slopeAlong(
  objective: Objective,
  { inputs, loss }: { readonly inputs: Inputs; readonly loss: number },
  direction: readonly Float32Array[],
): Slope {
  const central = WIDTHS.map(
    width => (at(objective, inputs, [direction, width]) - at(objective, inputs, [direction, -width])) / (2 * width),
  );
  const once = [extrapolated(central[0], central[1], 4), extrapolated(central[1], central[2], 4)];
  const value = extrapolated(once[0], once[1], 16);
  const rounding = (ROUNDING * Math.max(1, Math.abs(loss))) / WIDTHS[2];
  return { value, uncertainty: Math.abs(value - once[1]) + Math.abs(once[1] - once[0]) + rounding };
}

function extrapolated(wide: number, narrow: number, gain: number): number {
  return narrow + (narrow - wide) / (gain - 1);
}

function at(
  objective: Objective,
  inputs: Inputs,
  [direction, width]: readonly [readonly Float32Array[], number],
): number {
  const there = moved(
    inputs,
    direction.map(part => part.map(value => value * width)),
  );
  const loss = lossOf(objective, there);
  tf.dispose([...learned(there)]);
  return loss;
}

/** Directions of unit length: along the gradient, which reveals a wrong length, then random ones. */
export function directionsFor(gradients: readonly Float32Array[], count: number): Float32Array[][] {
  const random = Array.from({ length: count }, (_, i) => {
    const stream = streams.at('direction', i);
    return gradients.map(gradient => gradient.map(() => stream.normal()));
  });
  return [gradients.map(gradient => gradient.slice()), ...random].map(unit);
}

export function inner(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  return a.reduce((sum, part, i) => part.reduce((total, value, j) => total + value * b[i][j], sum), 0);
}

function unit(direction: Float32Array[]): Float32Array[] {
  const length = Math.max(Math.sqrt(inner(direction, direction)), 1e-30);
  return direction.map(part => part.map(value => value / length));
}
