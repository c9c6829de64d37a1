import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Collective } from '../contracts/collective.js';
import { tf } from '../tensor/tf.js';
import type { WeightStore } from '../tensor/weight-store.js';
import { withOwnUpdates, withStore, type Module } from './module.js';
import { noise, streams } from './probe.js';
import type { Rule, Subject } from './rule.js';
import {
  comparedWorkers,
  gradientsBy,
  isPerWorker,
  shareOf,
  unevenNoise,
  valuesOf,
  WORKERS_RULE,
  type Figures,
  type Outcome,
} from './workers.js';

const [IMAGES, VIEWS] = [4, 2];

/** Rules for encoders and heads whose batch is shared by several workers. */
export function moduleWorkerRules<T>(moduleOf: (subject: Subject<T>) => Module): readonly Rule<T>[] {
  return [{ name: WORKERS_RULE, check: async subject => (isPerWorker(subject) ? [] : twoHalves(moduleOf(subject))) }];
}

/** Compares the halves of a batch of two views, which go through an encoder together. */
function twoHalves(module: Module): Promise<readonly string[]> {
  return withStore(module, async store => {
    const views = Array.from({ length: VIEWS }, (_, i) => unevenNoise(`view ${i}`, [IMAGES, ...module.input]));
    const { problems } = await comparedWorkers(collective => outcome(module, store, { views, collective }));
    tf.dispose(views);
    return problems;
  });
}

/** Outputs, gradients and running statistics of a worker that holds its share of the images. */
function outcome(
  module: Module,
  store: WeightStore,
  { views, collective }: { readonly views: readonly Tensor[]; readonly collective: Collective },
): Outcome {
  const options = { collective, random: streams.at('workers'), images: IMAGES / collective.size };
  const parameters = store.parameters().map(({ name, variable }) => [name, variable] as const);
  const named = views.map((view, i) => [`view ${i}`, view] as const);
  return withOwnUpdates(store, options, (pass, updates) => {
    let [rows, shared]: Figures[] = [{}, {}];
    const { loss, gradients } = gradientsBy(Object.fromEntries([...named, ...parameters]), () => {
      const output = module.forward(tf.concat(views.map(view => shareOf(view, collective))), pass);
      const outputs = tf.split(output, VIEWS);
      rows = valuesOf(Object.fromEntries(outputs.map((one, i) => [`the output of view ${i}`, one])));
      shared = valuesOf(Object.fromEntries(updates));
      return scalarOf(outputs, collective);
    });
    return { means: { 'a function of the output': loss, ...gradients }, rows, shared };
  });
}

/** An arbitrary loss: the mean over rows of the outputs times random weights. */
function scalarOf(outputs: readonly Tensor[], collective: Collective): Scalar {
  const terms = outputs.map((output, i) => {
    const weights = shareOf(noise(`weights ${i}`, [IMAGES, output.shape[1]!]), collective);
    return tf.mean<Scalar>(tf.sum(tf.mul(output, weights), 1));
  });
  return tf.addN(terms);
}
