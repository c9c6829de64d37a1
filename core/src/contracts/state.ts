import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import type { Initializer } from './weights.js';

/** Named tensors, borrowed. */
export type TensorMap = Readonly<Record<string, Tensor>>;

/** A buffer that a component wants kept between steps and in checkpoints. */
export interface StateSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: Extract<DataType, 'float32' | 'int32'>;
  /** Before the first step: the same value everywhere, or drawn from the run's seed. */
  readonly initial: number | Initializer;
}
