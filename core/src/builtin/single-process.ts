import type { Tensor } from '@tensorflow/tfjs-core';
import { Type } from '#typebox';
import type { Collective, Exchanged } from '../contracts/collective.js';
import { defineComponent } from '../plugin/define.js';
import { slots } from '../contracts/slots.js';
import { tf } from '../tensor/tf.js';

/** One worker with the complete batch. */
export const singleProcess: Collective = {
  rank: 0,
  size: 1,
  allReduceMean: copies,
  allGather: copies,
  broadcast: copies,
  host: {
    overlaps: false,
    mean: () => undefined,
    startMean: () => undefined,
    finishMeans: () => undefined,
    all: values => values.slice() as typeof values,
  },
  barrier: () => Promise.resolve(),
  any: flag => Promise.resolve(flag),
};

function copies<const T extends readonly Tensor[]>(values: T): Exchanged<T> {
  return values.map(value => tf.clone(value)) as unknown as Exchanged<T>;
}

export const singleProcessComponent = defineComponent(slots.collective, {
  use: 'single-process',
  description: 'One worker with the complete batch.',
  options: Type.Object({}, { additionalProperties: false }),
  create: () => singleProcess,
});
