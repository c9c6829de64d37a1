import { Type, type Static, type TrainedEncoder } from '@carl-ssl/core';
import { Precision } from './precision.js';

/** Options of the formats that contain the forward pass. */
export const graphOptions = Type.Object(
  {
    unitLength: Type.Boolean({
      default: false,
      description: 'Divide the features of each image by their length (L2).',
    }),
    assignments: Type.Boolean({
      default: false,
      description: 'A second output, the probabilities of the prototypes, for methods that have prototypes.',
    }),
    precision: Precision,
  },
  { additionalProperties: false },
);

export type GraphOptions = Readonly<Static<typeof graphOptions>>;

/** Sentence on the values of the images for the card. */
export function imageValues({ preparation }: TrainedEncoder): string {
  return preparation
    ? 'with values in [0, 1]; leave out the last step of the preprocessing, which is inside'
    : 'that are normalised';
}

/** Sentence on the outputs for the card. */
export function outputText(
  { featureDim, prototypeCount }: TrainedEncoder,
  { unitLength, assignments }: GraphOptions,
): string {
  return (
    `Its output \`features\` is [batch, ${featureDim}]${unitLength ? ', of unit length' : ''}` +
    `${assignments ? `, and \`assignments\` [batch, ${prototypeCount}] has the probabilities of the prototypes` : ''}.`
  );
}
