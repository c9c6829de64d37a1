import { definePlugin } from '@carl-ssl/core';
import { cifar10Reader } from './cifar10-reader.js';
import { cifar10 } from './cifar10.js';
import { cifar100Reader } from './cifar100-reader.js';
import { cifar100 } from './cifar100.js';

export default definePlugin({
  name: '@carl-ssl/data-cifar',
  components: [cifar10, cifar100, cifar10Reader, cifar100Reader],
});
