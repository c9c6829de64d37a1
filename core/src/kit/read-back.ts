import { tf } from '../tensor/tf.js';
import { counted } from '../text/counted.js';

/** Name of the rule for parts that compute within a training step. */
export const READ_BACK_RULE = 'reads no tensor back to the host';

/** Problems of work that waits for the values of a tensor: on a device, this blocks the step until all earlier operations are computed. */
export function readBackProblems(work: () => unknown): string[] {
  const prototype = tf.Tensor.prototype as unknown as { dataSync: (this: tf.Tensor) => unknown };
  const { dataSync } = prototype;
  let reads = 0;
  prototype.dataSync = function (this: tf.Tensor) {
    reads += 1;
    return dataSync.call(this);
  };
  try {
    tf.tidy(() => void work());
  } finally {
    prototype.dataSync = dataSync;
  }
  return reads === 0 ? [] : [`it reads ${counted(reads, 'tensor')} with dataSync or arraySync`];
}
