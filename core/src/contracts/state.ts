import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import type { Initializer } from './weights.js';

/** Named tensors, borrowed. */
export type TensorMap = Readonly<Record<string, Tensor>>;

/** A buffer of a component that is kept between steps and saved in checkpoints. */
export interface StateSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: Extract<DataType, 'float32' | 'int32'>;
  /** Values before the first step: one value for all entries, or drawn from the run's seed. */
  readonly initial: number | Initializer;
}
