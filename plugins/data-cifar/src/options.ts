import { HoldoutAmount, Path, Type } from '@carl-ssl/core';

/** Option of the readers. */
export const files = Type.Array(Path({ description: 'A batch, as binary file or as Python pickle.' }), {
  minItems: 1,
  description: 'Batches, read in this order. Binary and Python batches are told apart by their content.',
});

/** Options of the datasets. */
export const folderOptions = {
  root: Path({
    description:
      'Unpacked folder of the binary or the Python version, such as cifar-10-batches-py or cifar-100-binary.',
  }),
  holdout: Type.Optional(
    HoldoutAmount({
      description:
        'Training images to hold out as the validation split: a fraction below 1, or a count. Drawn at random, but the same in every run.',
    }),
  ),
};

/** Option of CIFAR-100. */
export const labels = Type.Union([Type.Literal('fine'), Type.Literal('coarse')], {
  default: 'fine',
  description: 'fine: the 100 classes. coarse: the 20 superclasses.',
});
