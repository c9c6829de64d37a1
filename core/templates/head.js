import { defineComponent, linear, slots } from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import { Type } from 'typebox';

const options = Type.Object(
  {
    hidden: Type.Integer({ minimum: 1, default: 256, description: 'Width of the hidden layer.' }),
    units: Type.Integer({ minimum: 1, default: 64, description: 'Width of the embeddings.' }),
  },
  { additionalProperties: false },
);

/** Two linear layers with a ReLU between them. */
export const templateName = defineComponent(slots.head, {
  use: 'template-name',
  description: 'Two linear layers with a ReLU between them.',
  options,
  create: ({ hidden, units }) => {
    const layersFor = inputs => ({
      first: linear('first', { inputs, outputs: hidden, bias: true }),
      second: linear('second', { inputs: hidden, outputs: units, bias: true }),
    });
    return {
      weights: ([inputs]) => Object.values(layersFor(inputs)).flatMap(({ weights }) => weights),
      outputDim: () => units,
      forward: (features, pass) => {
        const { first, second } = layersFor(features.shape[1]);
        return second.forward(tf.relu(first.forward(features, pass)), pass);
      },
      cost: inputs => [
        { stage: 'first', shape: [hidden], multiplyAdds: inputs * hidden, activations: hidden },
        { stage: 'second', shape: [units], multiplyAdds: hidden * units, activations: units },
      ],
    };
  },
});
