import type { Tensor } from '@tensorflow/tfjs-core';
import type { HostExchange } from '../contracts/collective.js';
import { sharesData } from '../tensor/engine.js';
import { tf } from '../tensor/tf.js';

/** Averages gradients over all workers, also while the backward pass still computes others. */
export class GradientExchange {
  private readonly started = new Map<Tensor, { readonly shape: number[]; readonly values: Float32Array }>();

  constructor(private readonly host: HostExchange) {}

  /** Takes the complete gradient of a weight, and frees the tensor. */
  start(weight: Tensor, gradient: Tensor): void {
    const read = gradient.dataSync<'float32'>();
    // A backend may give its own memory, which nobody else reads if the tensor is the only one with these data.
    const values = sharesData(gradient) ? read.slice() : read;
    this.started.set(weight, { shape: gradient.shape, values });
    gradient.dispose();
    this.host.startMean(values);
  }

  has(weight: Tensor): boolean {
    return this.started.has(weight);
  }

  /** Waits for the means of all gradients that were started, by weight. */
  finish(): ReadonlyMap<Tensor, Tensor> {
    this.host.finishMeans();
    return new Map([...this.started].map(([weight, { values, shape }]) => [weight, tf.tensor(values, shape)]));
  }
}
