/** The numbers of one optimizer step. */
export interface StepNumbers {
  /** Number of optimizer steps, this one included. */
  readonly step: number;
  /** From 1. */
  readonly epoch: number;
  readonly loss: number;
  /** Terms of the loss, by the names that the objective gives them. */
  readonly parts: Readonly<Record<string, number>>;
  /** Scalars that parts of the network report, by `<part>.<name>`; empty for most. */
  readonly notes: Readonly<Record<string, number>>;
  readonly learningRate: number;
  /** Global norm of the gradients before clipping. */
  readonly gradientNorm: number;
}
