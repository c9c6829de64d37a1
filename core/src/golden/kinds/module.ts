import type { Scalar, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { singleProcess } from '../../builtin/single-process.js';
import type { HostArray } from '../../contracts/metric.js';
import type { Pass, WeightSpec } from '../../contracts/weights.js';
import { slots } from '../../contracts/slots.js';
import type { StoredTensor } from '../../tensor/safetensors.js';
import { differentiate } from '../../tensor/engine.js';
import { scope } from '../../tensor/scope.js';
import { tf } from '../../tensor/tf.js';
import { toDisk, type DiskTensors } from '../../tensor/weight-layout.js';
import { WeightStore } from '../../tensor/weight-store.js';
import { below, hostOf, stream, tensorOf, type RunKind } from '../bench.js';
import type { Outputs } from '../compare.js';

/** Features and gradients of mean(features^2) in training, after features in evaluation. */
export const encoder: RunKind = async (golden, bench) => {
  const component = bench.make(slots.encoder, { use: golden.use, ...golden.options });
  if (!component) return undefined;
  return runModule({
    specs: component.weights(golden.inputs.images.shape.slice(1)),
    inputs: golden.inputs,
    differentiated: 'images',
    forward: (images, pass) => component.forward(images as Tensor4D, pass),
    lossOf: features => tf.mean<Scalar>(tf.square(features)),
  });
};

/** The same with sum(features * cotangent). */
export const head: RunKind = async (golden, bench) => {
  const component = bench.make(slots.head, { use: golden.use, ...golden.options });
  if (!component) return undefined;
  return runModule({
    specs: component.weights(golden.inputs.embeddings.shape.slice(1)),
    inputs: golden.inputs,
    differentiated: 'embeddings',
    forward: (embeddings, pass) => component.forward(embeddings as Tensor2D, pass),
    lossOf: features => tf.sum<Scalar>(tf.mul(features, tensorOf(golden.inputs.cotangent))),
  });
};

interface ModuleRun {
  readonly specs: readonly WeightSpec[];
  readonly inputs: Readonly<Record<string, HostArray>>;
  /** The input that is differentiated besides the weights. */
  readonly differentiated: string;
  readonly forward: (input: Tensor, pass: Pass) => Tensor2D;
  readonly lossOf: (features: Tensor2D) => Scalar;
}

async function runModule(run: ModuleRun): Promise<Outputs> {
  const store = new WeightStore();
  store.add('module', run.specs, stream);
  store.load(prefixed('module', below('weights', run.inputs) as unknown as DiskTensors), 'the case');
  const input = tensorOf(run.inputs[run.differentiated]);
  const evaluated = tf.tidy(() => run.forward(input, store.pass('module', false, singleProcess)));
  const { features, gradients } = scope(() => trainingPass(run, store, input));
  store.commit();
  const names = store.parameters().map(({ name }) => name);
  const outputs = {
    'features.eval': await hostOf(evaluated),
    'features.train': await hostOf(features),
    [`grad.${run.differentiated}`]: await hostOf(gradients[0]),
    ...prefixed('grad.weights', below('module', await asStored(run.specs, names, gradients.slice(1)))),
    ...prefixed('after.weights', below('module', await store.save())),
  };
  store.dispose();
  input.dispose();
  return outputs;
}

function trainingPass(run: ModuleRun, store: WeightStore, input: Tensor): { features: Tensor; gradients: Tensor[] } {
  const variables = store.parameters().map(({ variable }) => variable);
  let features: Tensor | undefined;
  const { gradients } = differentiate(() => {
    const output = run.forward(input, store.pass('module', true, singleProcess));
    features = tf.keep(tf.clone(output));
    return run.lossOf(output);
  }, [input, ...variables]);
  return { features: features!, gradients: gradients as Tensor[] };
}

/** Gradients in the layouts of the weights they belong to. */
async function asStored(
  specs: readonly WeightSpec[],
  names: readonly string[],
  gradients: readonly Tensor[],
): Promise<DiskTensors> {
  const byName = new Map(names.map((name, i) => [name, gradients[i]]));
  const stored = await toDisk(
    new Map(specs.filter(spec => byName.has(`module.${spec.name}`)).map(spec => [`module.${spec.name}`, spec])),
    byName,
  );
  gradients.forEach(gradient => gradient.dispose());
  return stored;
}

function prefixed<T extends HostArray | StoredTensor>(
  prefix: string,
  entries: Readonly<Record<string, T>>,
): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [`${prefix}.${name}`, value]));
}
