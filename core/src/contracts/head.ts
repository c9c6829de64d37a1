import type { Tensor2D } from '@tensorflow/tfjs-core';
import { token } from './token.js';
import type { Cost } from './cost.js';
import type { StepPosition } from './step-context.js';
import type { Pass, Weighted } from './weights.js';

/** Maps features to embeddings z (projector) or embeddings to predictions (predictor): [B, in] -> [B, out]. `weights` takes [in]. */
export interface Head extends Weighted {
  /** Width of the output for input of the given width. */
  outputDim(inputDim: number): number;
  forward(features: Tensor2D, pass: Pass): Tensor2D;
  /** Maps tokens of patches in place of {@link forward}, for objectives that use all patches: [M, in] -> [M, any width]. */
  patches?(tokens: Tensor2D, pass: Pass): Tensor2D;
  cost(inputDim: number): readonly Cost[];
  /** Names of weights that the optimizer does not update at this step; of the projector only. */
  frozen?(at: StepPosition): readonly string[];
}
export const Head = token<Head>('Head');
export const Predictor = token<Head>('Predictor');
