import { Type } from 'typebox';

/** The option of evaluators that measure features or embeddings. */
export const output = (value: 'features' | 'embeddings') =>
  Type.Union([Type.Literal('features'), Type.Literal('embeddings')], {
    default: value,
    description: 'Output of the network that is measured. features: of the encoder. embeddings: of the head.',
  });
