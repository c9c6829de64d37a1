import { definePlugin } from '@carl-ssl/core';
import { adam, adamw } from './adam.js';
import { constant } from './constant.js';
import { cosine } from './cosine.js';
import { cosineWarmup } from './cosine-warmup.js';
import { lars } from './lars.js';
import { movingAverage } from './moving-average.js';
import { sgd } from './sgd.js';
import { step } from './step.js';

export default definePlugin({
  name: '@carl-ssl/optim',
  components: [sgd, adam, adamw, lars, movingAverage, cosineWarmup, cosine, constant, step],
});
