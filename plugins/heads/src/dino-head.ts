import { defineComponent, slots } from '@carl-ssl/core';
import { prototypeHead, prototypeHeadOptions } from './prototype-head.js';

/** DINO's head: [B, in] -> scores of prototypes [B, K]. */
export const dinoHead = defineComponent(slots.head, {
  use: 'dino-head',
  description: 'An MLP, a bottleneck normalised to unit length and weight-normalised prototypes.',
  source: 'arXiv 2104.14294 (DINO)',
  options: prototypeHeadOptions,
  provides: () => ['prototype-scores'],
  create: options => prototypeHead(options, { prefix: 'layers', biasBeforeNorm: false, unitLength: true }),
});
