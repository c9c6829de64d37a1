import * as tf from '@tensorflow/tfjs-core';
import { Type } from 'typebox';
import type { Collective } from '../contracts/collective.js';
import { defineComponent } from '../plugin/define.js';
import { slots } from '../contracts/slots.js';

/** One worker that has the whole batch. */
export const singleProcess: Collective = {
  rank: 0,
  size: 1,
  allReduceMean: value => tf.clone(value),
  allGather: value => tf.clone(value),
  broadcast: value => tf.clone(value),
};

export const singleProcessComponent = defineComponent(slots.collective, {
  use: 'single-process',
  description: 'One worker that has the whole batch.',
  options: Type.Object({}, { additionalProperties: false }),
  create: () => singleProcess,
});
