import { datasetOf, defineComponent, drawHoldout, HoldoutAmount, Path, slots, Type } from '@carl-ssl/core';
import { join } from 'node:path';
import { SOURCE } from './source.js';
import { openStl10 } from './stl10-images.js';

export const stl10 = defineComponent(slots.dataset, {
  use: 'stl10',
  description:
    'STL-10: 5,000 labelled or 100,000 unlabelled training images and 8,000 test images of 96 x 96 pixels in 10 classes.',
  source: SOURCE,
  options: Type.Object(
    {
      root: Path({ description: 'Unpacked folder of the binary version, stl10_binary.' }),
      train: Type.Union([Type.Literal('labelled'), Type.Literal('unlabelled')], {
        default: 'labelled',
        description:
          'labelled: train_X.bin with its labels. unlabelled: unlabeled_X.bin, for training; evaluations with labels then need a pipeline of their own.',
      }),
      holdout: Type.Optional(
        HoldoutAmount({
          description:
            'Training images to hold out as the validation split: a fraction below 1, or a count. Drawn at random, but the same in every run.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  provides: ({ train }) => (train === 'labelled' ? ['labels'] : []),
  create: ({ root, train, holdout }) => {
    const labelled = train === 'labelled';
    const part = (name: string, labels = true) => {
      const images = join(root, `${name}_X.bin`);
      return openStl10(labels ? { images, labels: join(root, `${name}_y.bin`) } : { images });
    };
    const sources = labelled
      ? { train: () => part('train'), test: () => part('test') }
      : { train: () => part('unlabeled', false), test: () => part('test', false) };
    return datasetOf(sources, {
      labelled,
      ...(labelled && { classes: 10 }),
      ...(holdout !== undefined && { holdout: (length: number) => drawHoldout(length, holdout) }),
    });
  },
});
