import { definePlugin } from '@carl-ssl/core';
import { fashionMnist } from './fashion-mnist.js';
import { fashionMnistMini } from './fashion-mnist-mini.js';

export { classNames } from './class-names.js';

export default definePlugin({ name: '@carl-ssl/data-fashion-mnist', components: [fashionMnist, fashionMnistMini] });
