import type { LoadedPipeline } from '../config/loaded-pipeline.js';
import { MismatchError } from '../config/mismatch-error.js';
import type { Path } from '../config/node.js';
import { Components } from '../contracts/components.js';
import type { Encoder } from '../contracts/encoder.js';
import { Evaluator } from '../contracts/evaluator.js';
import { slots } from '../contracts/slots.js';
import { closest, listed } from '../text/closest.js';

/** Outputs that are no layers. */
const OUTPUTS = ['features', 'embeddings'];

/** Checks that the encoder has the layers that evaluators measure. @throws MismatchError */
export function checkLayers({ pipeline, services }: LoadedPipeline, encoder: Encoder): void {
  const check = (path: Path, { layer }: Evaluator): void => {
    if (layer === undefined || encoder.layers?.some(({ name }) => name === layer)) return;
    throw unknownLayer([...path, 'output'], layer, { use: pipeline.encoder.use, layers: encoder.layers ?? [] });
  };
  services.all(Evaluator).forEach((evaluator, i) => check(['evaluate', i], evaluator));
  const components = services.get(Components);
  for (const [name, { evaluate }] of Object.entries(pipeline.transfer ?? {}))
    evaluate.forEach((options, i) => check(['transfer', name, 'evaluate', i], components.create(slots.evaluator, options))); // prettier-ignore
}

function unknownLayer(
  path: Path,
  layer: string,
  { use, layers }: Required<Pick<Encoder, 'layers'>> & { readonly use: string },
): MismatchError {
  const names = layers.map(({ name }) => name);
  const meant = closest(layer, [...OUTPUTS, ...names]);
  const known = names.length === 0 ? 'It has no layers to evaluate.' : `Its layers are ${listed(names, 'and')}.`;
  return new MismatchError(
    path,
    `The encoder \`${use}\` has no layer \`${layer}\`.`,
    `${meant === undefined ? '' : `Did you mean \`${meant}\`?\n`}${known} \`features\` are those of the last layer, \`embeddings\` those of the head.`,
  );
}
