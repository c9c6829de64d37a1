import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Encoder } from '../contracts/encoder.js';
import type { Pass } from '../contracts/weights.js';
import { scope } from '../tensor/scope.js';
import { tf } from '../tensor/tf.js';
import { inputOf, moduleOfEncoder, passOver, withStore } from './module.js';
import { allFinite, relativeDifference } from './probe.js';
import { unless, type Rule, type Subject } from './rule.js';

/** Rule for encoders with layers that can be evaluated. */
export const layerRules: readonly Rule<Encoder>[] = [
  { name: 'gives features of the declared width for each of its layers, image by image', check: declaredLayers },
];

/** Outputs of a network that evaluators take by these names. */
const TAKEN: readonly string[] = ['features', 'embeddings', 'assignments'];

async function declaredLayers(subject: Subject<Encoder>): Promise<string[]> {
  const encoder = subject.make();
  const { layers = [] } = encoder;
  if (layers.length === 0) return [];
  const names = layers.map(({ name }) => name);
  const wrong = names.filter((name, i) => names.indexOf(name) !== i || TAKEN.includes(name));
  if (wrong.length > 0) return wrong.map(name => `the name '${name}' of a layer is taken`);
  if (!encoder.layer) return ['it has `layers` but no method `layer`'];
  const module = moduleOfEncoder(subject);
  return withStore(module, store => {
    const images = inputOf(module, 2) as Tensor4D;
    const pass = passOver(store, false);
    const problems = scope(() => names.flatMap(name => problemsOf(encoder, name, { images, pass })));
    images.dispose();
    return problems;
  });
}

function problemsOf(
  encoder: Encoder,
  name: string,
  { images, pass }: { readonly images: Tensor4D; readonly pass: Pass },
): string[] {
  const dim = encoder.layers!.find(layer => layer.name === name)!.dim;
  const of = (given: Tensor4D): Tensor2D => encoder.layer!(name, given, pass);
  const both = of(images);
  if (both.shape.join() !== [2, dim].join())
    return [`layer '${name}' gives [${both.shape.join(', ')}] for 2 images; declared: [2, ${dim}]`];
  const alone = of(tf.slice(images, 0, 1));
  const difference = relativeDifference(tf.slice(both, 0, 1).dataSync(), alone.dataSync());
  return unless(
    [allFinite(both.dataSync<'float32'>()), `layer '${name}' gives values that are not finite`],
    [difference < 1e-5, `features of layer '${name}' depend on the other images, by ${difference.toPrecision(2)}`],
  );
}
