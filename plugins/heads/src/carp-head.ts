import { defineComponent, slots } from '@carl-ssl/core';
import { prototypeHead, prototypeHeadOptions } from './prototype-head.js';

/** CARP's head: [B, in] -> scores of prototypes [B, K]. */
export const carpHead = defineComponent(slots.head, {
  use: 'carp-head',
  description:
    'An MLP, a bottleneck and weight-normalised prototypes; linear layers have a bias even before batch norm.',
  source: 'arXiv 2310.12692 (CARP); github.com/sthalles/carp',
  options: prototypeHeadOptions,
  provides: () => ['prototype-scores'],
  create: options => prototypeHead(options, { prefix: 'mlp', biasBeforeNorm: true, unitLength: false }),
});
