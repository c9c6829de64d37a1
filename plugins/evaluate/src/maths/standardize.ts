import type { HostMatrix } from '@carl-ssl/core';

/** Mean and deviation of every feature [D]. */
export interface Scaling {
  readonly mean: Float64Array;
  /** 1 for features that do not vary. */
  readonly deviation: Float64Array;
}

export function scalingOf({ data, rows, columns }: HostMatrix): Scaling {
  const mean = new Float64Array(columns);
  const squares = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) mean[i % columns] += data[i] / rows;
  for (let i = 0; i < data.length; i++) squares[i % columns] += (data[i] - mean[i % columns]) ** 2 / rows;
  // A constant feature has a small deviation from the rounding of its mean, which must not be scaled up.
  const varies = squares.map((square, i) => (Math.sqrt(square) > 1e-6 * Math.abs(mean[i]) ? Math.sqrt(square) : 0));
  return { mean, deviation: varies.map(deviation => deviation || 1) };
}

/** Standardised features [N, D]: (x - mean) / deviation. */
export function standardize({ data, rows, columns }: HostMatrix, { mean, deviation }: Scaling): HostMatrix {
  const scaled = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) scaled[i] = (data[i] - mean[i % columns]) / deviation[i % columns];
  return { data: scaled, rows, columns };
}
