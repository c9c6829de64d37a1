import { tf } from '../tf.js';
import { activations } from './activations.js';
import { arithmetic } from './arithmetic.js';
import { complex } from './complex.js';
import { convolutions } from './convolution.js';
import { exponential } from './exponential.js';
import type { GradientTable } from './gradient-table.js';
import { matrix } from './matrix.js';
import { normalizations } from './normalization.js';
import { padding } from './padding.js';
import { piecewiseConstant } from './piecewise-constant.js';
import { pooling } from './pooling.js';
import { reductions } from './reductions.js';
import { resizing } from './resizing.js';
import { selection } from './selection.js';
import { shape } from './shape.js';
import { trigonometry } from './trigonometry.js';

/** The gradients of TensorFlow.js kernels, written for this framework: `tfjs-core` has its own only as sources that Node cannot import. */
const gradients: GradientTable = {
  ...activations,
  ...arithmetic,
  ...complex,
  ...convolutions,
  ...exponential,
  ...matrix,
  ...normalizations,
  ...padding,
  ...piecewiseConstant,
  ...pooling,
  ...reductions,
  ...resizing,
  ...selection,
  ...shape,
  ...trigonometry,
};

/** Registers the gradient of each kernel that has none yet, so that those a program registered before remain. */
export function registerGradients(): void {
  for (const [kernelName, gradient] of Object.entries(gradients)) {
    const registered = tf.getGradient(kernelName) as tf.GradConfig | undefined;
    if (!registered) tf.registerGradient({ kernelName, ...gradient });
  }
}
