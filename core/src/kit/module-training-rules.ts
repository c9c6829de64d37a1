import type { Pass } from '../contracts/weights.js';
import { differentiate } from '../tensor/engine.js';
import { decodeSafetensors, encodeSafetensors } from '../tensor/safetensors.js';
import { tf } from '../tensor/tf.js';
import type { WeightStore } from '../tensor/weight-store.js';
import { inputOf, passOver, storeOf, withStore, type Module } from './module.js';
import { leaked, leakProblem, noise, relativeDifference, sameBits, taken } from './probe.js';
import { READ_BACK_RULE, readBackProblems } from './read-back.js';
import { unless } from './rule.js';

/** Rules for modules in training, evaluation and files. */
export const trainingRules = [
  { name: 'lets the gradient reach every trainable weight', check: reachedWeights },
  { name: 'records new values only for weights that are not trained, and only in training', check: recordedWeights },
  { name: 'evaluates an input independently of the rest of the batch', check: batchIndependence },
  { name: 'gives the same bits for the same input', check: determinism },
  { name: 'leaves no tensor behind', check: noLeak },
  { name: READ_BACK_RULE, check: readBack },
  { name: 'is the same after it was written to a file and read again', check: roundTrip },
];

/** A weight counts as reached if it has a gradient for one of several inputs, since a rectifier may block any of them. */
async function reachedWeights(module: Module): Promise<string[]> {
  const reached = new Set<string>();
  for (const seed of [1, 2, 3]) {
    const names = await withStore(module, store => weightsWithGradient(module, store), seed);
    names.forEach(name => reached.add(name));
  }
  const missed = module.specs.filter(({ name, trainable }) => trainable && !reached.has(name));
  return missed.map(({ name }) => `no gradient reaches ${name}`);
}

function weightsWithGradient(module: Module, store: WeightStore): string[] {
  const parameters = store.parameters();
  if (parameters.length === 0) return [];
  return tf.tidy(() => {
    const input = inputOf(module, 8);
    const cotangent = noise('cotangent', [8, module.outputDim]);
    const loss = () => tf.sum<tf.Scalar>(tf.mul(module.forward(input, passOver(store, true)), cotangent));
    const variables = parameters.map(({ variable }) => variable);
    const { gradients } = differentiate(loss, variables);
    return parameters.flatMap(({ name }, i) => {
      const gradient = gradients[i];
      return gradient?.dataSync().some(value => value !== 0) ? [name.slice('module.'.length)] : [];
    });
  });
}

async function recordedWeights(module: Module): Promise<string[]> {
  const trainable = new Map(module.specs.map(spec => [spec.name, spec.trainable]));
  return withStore(module, store => {
    const problems: string[] = [];
    const listening = (pass: Pass): Pass => ({
      ...pass,
      update: (name, value) => {
        const declared = trainable.get(name);
        if (declared !== false)
          problems.push(`it records a new value of ${name}, which is ${declared ? 'trained' : 'not declared'}`);
        if (!pass.training) problems.push(`it records a new value of ${name} in evaluation`);
        if (declared !== undefined) pass.update(name, value);
      },
    });
    for (const training of [true, false]) {
      tf.tidy(() => module.forward(inputOf(module, 4), listening(passOver(store, training))));
    }
    return problems;
  });
}

async function batchIndependence(module: Module): Promise<string[]> {
  return withStore(module, store => {
    // Running statistics after training, not the initial ones.
    tf.tidy(() => module.forward(inputOf(module, 6, 'earlier'), passOver(store, true)));
    store.commit();
    const input = inputOf(module, 4);
    const all = taken(tf.tidy(() => module.forward(input, passOver(store, false))));
    const first = tf.tidy(() => tf.slice(input, 0, 1));
    const alone = taken(tf.tidy(() => module.forward(first, passOver(store, false))));
    tf.dispose([input, first]);
    const difference = relativeDifference(all.subarray(0, module.outputDim), alone);
    return unless([
      difference < 1e-4,
      `alone and in a batch an input's output differs by ${difference.toPrecision(2)}`,
    ]);
  });
}

async function determinism(module: Module): Promise<string[]> {
  const outputs: Float32Array[] = [];
  for (let time = 0; time < 2; time++) {
    outputs.push(
      await withStore(module, store => taken(tf.tidy(() => module.forward(inputOf(module, 4), passOver(store, true))))),
    );
  }
  return unless([sameBits(outputs[0], outputs[1]), 'two passes over the same input and weights differ']);
}

async function noLeak(module: Module): Promise<string[]> {
  return withStore(module, async store => {
    const input = inputOf(module, 3);
    const counts: number[] = [];
    for (const training of [true, false, true]) {
      counts.push(
        await leaked(() => {
          tf.tidy(() => module.forward(input, passOver(store, training))).dispose();
          store.commit();
        }),
      );
    }
    if (!input.isDisposed) input.dispose();
    return counts.flatMap(count => leakProblem(count, 'a pass')).slice(0, 1);
  });
}

async function roundTrip(module: Module): Promise<string[]> {
  return withStore(module, async store => {
    const bytes = encodeSafetensors(await store.save());
    const other = storeOf(module.specs, 9);
    other.load(decodeSafetensors(bytes, 'weights').tensors, 'weights');
    const again = encodeSafetensors(await other.save());
    const outputs = [store, other].map(one =>
      taken(tf.tidy(() => module.forward(inputOf(module, 2), passOver(one, false)))),
    );
    other.dispose();
    return unless(
      [sameBits(bytes, again), 'the file written after reading is another one'],
      [sameBits(outputs[0], outputs[1]), 'the outputs differ afterwards'],
    );
  });
}

function readBack(module: Module): Promise<string[]> {
  return withStore(module, store => readBackProblems(() => module.forward(inputOf(module, 4), passOver(store, true))));
}
