/** One stage of a forward pass, for one image. */
export interface Cost {
  readonly stage: string;
  /** Output shape without the batch dimension. */
  readonly shape: readonly number[];
  /** Multiply-adds of the forward pass. */
  readonly multiplyAdds: number;
  /** Number of float32 values kept for the backward pass. */
  readonly activations: number;
  /** Number of float32 values recomputed in the backward pass and kept only during this stage of it. */
  readonly recomputed?: number;
}
