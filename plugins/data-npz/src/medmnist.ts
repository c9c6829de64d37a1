import { datasetOf, defineComponent, Path, slots, Type } from '@carl-ssl/core';
import { readNpz } from './npz-images.js';
import { limitOptions } from './options.js';

export const medmnist = defineComponent(slots.dataset, {
  use: 'medmnist',
  description:
    'A dataset of MedMNIST with one label per image, such as pathmnist.npz: one archive with training, validation and test images.',
  source: 'arXiv 2110.14795, https://medmnist.com',
  options: Type.Object(
    { file: Path({ description: 'The archive, such as pathmnist.npz.' }), ...limitOptions },
    { additionalProperties: false },
  ),
  provides: () => ['labels'],
  create: options => {
    const split = (name: string) => () => readNpz({ ...options, images: `${name}_images`, labels: `${name}_labels` });
    return datasetOf({ train: split('train'), validation: split('val'), test: split('test') }, { labelled: true });
  },
});
