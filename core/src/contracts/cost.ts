/** One stage of a forward pass, for one image. */
export interface Cost {
  readonly stage: string;
  /** Output shape without the batch dimension. */
  readonly shape: readonly number[];
  /** Multiply-adds of the forward pass. */
  readonly multiplyAdds: number;
  /** Float32 values the backward pass needs kept. */
  readonly activations: number;
  /** Values that are computed once more in the backward pass, and live only while it is in this stage. */
  readonly recomputed?: number;
}
