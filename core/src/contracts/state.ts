import type { DataType, Tensor } from '@tensorflow/tfjs';

/** Named tensors, borrowed. */
export type TensorMap = Readonly<Record<string, Tensor>>;

/** A buffer that a component wants kept between steps and in checkpoints. */
export interface StateSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: Extract<DataType, 'float32' | 'int32'>;
  /** Value before the first step. */
  readonly initial: number;
}
