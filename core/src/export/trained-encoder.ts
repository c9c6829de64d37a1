import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { Augmenter, type Preparation } from '../contracts/augmenter.js';
import type { ExportedWeights, TraceOptions, TrainedEncoder } from '../contracts/exporter.js';
import type { Graph } from '../contracts/graph.js';
import { CarlError } from '../errors/carl-error.js';
import type { OpenSubject } from '../evaluate/run-evaluators.js';
import { normalizeRows } from '../tensor/layers/normalize-rows.js';
import { tf } from '../tensor/tf.js';
import type { DiskTensors } from '../tensor/weight-layout.js';
import { traceGraph } from './trace-graph.js';
import type { TrainedNetwork } from './trained-network.js';

/** The encoder of a network as exporters get it. @throws CarlError INPUT_WEIGHTS */
export function trainedEncoder(trained: TrainedNetwork): TrainedEncoder {
  const { loaded, network, shape, weights } = trained;
  const { assigner } = network;
  const preparation = preparationOf(trained);
  return {
    name: fileName(loaded.pipeline.name ?? loaded.pipeline.encoder.use),
    encoder: loaded.pipeline.encoder,
    image: shape.image,
    featureDim: shape.featureDim,
    ...(assigner && shape.prototypeCount !== undefined && { prototypeCount: shape.prototypeCount }),
    ...(preparation && { preparation }),
    weights: encoderWeights(weights.tensors),
    trace: options => traced(trained, options),
  };
}

export function preparationOf({ loaded }: TrainedNetwork): Preparation | undefined {
  return loaded.services.get(Augmenter).preparation;
}

const PREFIX = 'encoder.';

function encoderWeights(tensors: DiskTensors): ExportedWeights {
  const own = Object.entries(tensors).flatMap(([name, { shape, data }]) =>
    name.startsWith(PREFIX) && data instanceof Float32Array
      ? [[name.slice(PREFIX.length), { shape, data }] as const]
      : [],
  );
  return Object.fromEntries(own);
}

/** A name that files can have everywhere. */
function fileName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '');
  return plain === '' ? 'encoder' : plain.slice(0, 80);
}

async function traced(trained: TrainedNetwork, options: TraceOptions = {}): Promise<Graph> {
  const { network, shape } = trained;
  if (options.assignments && !network.assigner)
    throw new CarlError('INPUT_ARGUMENT', 'The network has no `assigner`, so that there are no assignments to export.');
  const subject = trained.open();
  const assignments = options.assignments ? subject.output!('assignments') : undefined;
  const names = new Map<number, string>();
  const statistics = normalization(preparationOf(trained));
  try {
    return await traceGraph(
      images => {
        const features = forward(subject, normalized(images, statistics), names);
        const out = options.unitLength ? normalizeRows(features) : features;
        return { features: out, ...(assignments && { assignments: assignments.apply(features) }) };
      },
      shape.image,
      names,
    );
  } finally {
    assignments?.close();
    subject.close();
    statistics.forEach(tensor => tensor.dispose());
  }
}

/** Features of normalised images; adds the names of the weights to the map. */
function forward({ stored }: OpenSubject, images: Tensor4D, names: Map<number, string>): Tensor2D {
  const { encoder, store, collective } = stored!;
  const pass = store.pass('encoder', false, collective);
  return encoder.forward(images, {
    ...pass,
    weight: <T extends Tensor>(name: string) => {
      const tensor = pass.weight<T>(name);
      names.set(tensor.id, name);
      return tensor;
    },
  });
}

/** Mean and standard deviation as tensors; none if they do not change images. */
function normalization(preparation: Preparation | undefined): readonly Tensor[] {
  const { mean = [0], std = [1] } = preparation ?? {};
  if (mean.every(value => value === 0) && std.every(value => value === 1)) return [];
  return [tf.tensor1d([...mean]), tf.tensor1d([...std])];
}

function normalized(images: Tensor4D, [mean, std]: readonly Tensor[]): Tensor4D {
  return mean ? tf.div<Tensor4D>(tf.sub(images, mean), std) : images;
}

/** Images in [0, 1] normalised as they are for evaluation. */
export function normalizedOnHost(
  data: Float32Array,
  channels: number,
  preparation: Preparation | undefined,
): Float32Array {
  const { mean = [0], std = [1] } = preparation ?? {};
  return data.map((value, at) => {
    const channel = at % channels;
    return (value - (mean[channel] ?? mean[0])) / (std[channel] ?? std[0]);
  });
}
