import { Type, type Baseline, type FeatureEvaluator } from '@carl-ssl/core';

/** The option of evaluators that measure features, embeddings or a layer of the encoder. */
export const output = (value: 'features' | 'embeddings') =>
  Type.Union([Type.Literal('features'), Type.Literal('embeddings'), Type.String({ minLength: 1, maxLength: 40 })], {
    default: value,
    description:
      'Output of the network that is measured. features: of the encoder. embeddings: of the head. Or the name of a layer of the encoder, such as layer3 of `resnet`, stage3 of `convnext`, block11, block11-mean and last4 of `vit`.',
  });

/** `features`, `embeddings`, or the name of a layer. */
export type MeasuredOutput = string;

/** The output as an evaluator declares it. */
export function measured(
  output: MeasuredOutput,
): Pick<FeatureEvaluator, 'layer'> & { readonly output: 'features' | 'embeddings' } {
  if (output === 'features' || output === 'embeddings') return { output };
  return { output: 'features', layer: output };
}

/** Name of a figure; that of embeddings ends with `-embeddings`, that of a layer with its name. */
export function figureName(name: string, output: MeasuredOutput): string {
  return output === 'features' ? name : `${name}-${output}`;
}

/** The output in a description of a figure. */
export function outputWords(output: MeasuredOutput): string {
  const { layer } = measured(output);
  return layer === undefined ? output : `features of ${layer}`;
}

/** Baselines of an evaluator. Raw pixels have no embeddings and no layers. */
export function baselinesFor(output: MeasuredOutput): readonly Baseline[] {
  return output === 'features' ? ['untrained', 'pixels'] : ['untrained'];
}
