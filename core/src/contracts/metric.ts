import { token } from './token.js';

/** Values of a tensor on the host, row by row. */
export interface HostArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** A metric computed on the host from named arrays, for golden cases of the kind `metric`. */
export interface Metric {
  compute(inputs: Readonly<Record<string, HostArray>>): Readonly<Record<string, number | HostArray>>;
}
export const Metric = token<Metric>('Metric');
