import type { Layout } from './layout.js';

export const CIFAR_10: Layout = {
  name: 'CIFAR-10',
  columns: [{ name: 'class', key: 'labels', classes: 10 }],
};

export const CIFAR_100: Layout = {
  name: 'CIFAR-100',
  columns: [
    { name: 'coarse', key: 'coarse_labels', classes: 20 },
    { name: 'fine', key: 'fine_labels', classes: 100 },
  ],
};

/** Classes of CIFAR-10 in the order of the labels. */
export const CIFAR_10_CLASSES: readonly string[] = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']; // prettier-ignore

export const SOURCE = 'https://www.cs.toronto.edu/~kriz/cifar.html';
