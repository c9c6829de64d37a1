import type { Variable } from '@tensorflow/tfjs-core';
import type { HostArray } from '../../contracts/metric.js';
import { slots } from '../../contracts/slots.js';
import { tf } from '../../tensor/tf.js';
import { below, hostOf, tensorOf, type RunKind } from '../bench.js';
import type { Outputs } from '../compare.js';

/** Runs five steps of an optimizer on given gradients, or three steps of a moving average. */
export const optimizer: RunKind = (golden, bench) =>
  (golden.inputs.learningRate || 'gradient.0' in steps(golden.inputs) ? optimize : follow)(golden, bench);

/** Prefixes `gradient.<t>` that occur. */
function steps(inputs: Readonly<Record<string, HostArray>>): Record<string, true> {
  return Object.fromEntries(
    Object.keys(inputs)
      .flatMap(name => /^gradient\.\d+/.exec(name)?.[0] ?? [])
      .map(name => [name, true]),
  );
}

const optimize: RunKind = async (golden, bench) => {
  const component = bench.make(slots.optimizer, { use: golden.use, ...golden.options });
  if (!component) return undefined;
  const variables = variablesOf(below('parameter', golden.inputs));
  const buffers = Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      Object.fromEntries(component.slots.map(slot => [slot, tf.variable(tf.zerosLike(value))])),
    ]),
  );
  const outputs: Record<string, HostArray> = {};
  const count = Object.keys(steps(golden.inputs)).length;
  for (let t = 0; t < count; t++) {
    const gradients = below(`gradient.${String(t)}`, golden.inputs);
    const rate = golden.inputs.learningRate?.data[t] ?? component.learningRate;
    tf.tidy(() => {
      const updates = Object.entries(variables).map(([name, value]) => ({
        name,
        value,
        gradient: tensorOf(gradients[name]),
        slots: buffers[name],
        updates: t,
      }));
      component.apply(updates, rate, { step: t, steps: count });
    });
    Object.assign(outputs, await snapshot(t, variables));
  }
  tf.dispose([variables, buffers]);
  return outputs;
};

const follow: RunKind = async (golden, bench) => {
  const component = bench.make(slots.teacher, { use: golden.use, ...golden.options });
  if (!component) return undefined;
  const targets = variablesOf(below('target', golden.inputs));
  const online = variablesOf(below('online', golden.inputs));
  const names = Object.keys(targets);
  const count = new Set(Object.keys(golden.expect ?? {}).map(name => name.split('.')[1])).size;
  const outputs: Record<string, HostArray> = {};
  for (let t = 0; t < count; t++) {
    component.update(
      names.map(name => targets[name]),
      names.map(name => online[name]),
      component.momentum(t, count),
    );
    Object.assign(outputs, await snapshot(t, targets));
  }
  tf.dispose([targets, online]);
  return outputs;
};

function variablesOf(inputs: Readonly<Record<string, HostArray>>): Record<string, Variable> {
  return tf.tidy(() =>
    Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, tf.variable(tensorOf(input))])),
  );
}

async function snapshot(
  step: number,
  variables: Readonly<Record<string, Variable>>,
): Promise<Outputs & Record<string, HostArray>> {
  const entries = Object.entries(variables).map(
    async ([name, value]) => [`step.${String(step)}.${name}`, await hostOf(tf.clone(value))] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
