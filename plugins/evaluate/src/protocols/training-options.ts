import { Nested, Type } from '@carl-ssl/core';

/** Options that several protocols share; each adds its own defaults. */

export const epochs = (value: number) =>
  Type.Integer({ minimum: 1, default: value, description: 'Number of passes over the labelled images.' });

export const batchSize = Type.Integer({
  minimum: 1,
  default: 256,
  description: 'Largest number of images in a batch. The batches of an epoch have nearly equal sizes.',
});

export const augmenter = Type.Optional(
  Nested('augmenter', {
    description:
      "Augmenter of the training views, of which the first view is used; by default the pipeline's. Needs the pipeline's `mean` and `std`.",
  }),
);

export const optimizer = (value: object) =>
  Nested('optimizer', { default: value, description: 'The update rule. Its `learningRate` has no effect.' });

export const schedule = (value: object) =>
  Nested('schedule', {
    default: value,
    description: 'The learning rates over time, which change at the beginning of each epoch.',
  });

export const validateEvery = Type.Integer({
  minimum: 1,
  default: 1,
  description: 'Number of epochs between measurements on `validation`, from which the best epoch is chosen.',
});
