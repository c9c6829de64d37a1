import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { ObjectiveInputs, ObjectiveResult } from '../../contracts/objective.js';
import { slots } from '../../contracts/slots.js';
import { differentiate } from '../../tensor/engine.js';
import { scope } from '../../tensor/scope.js';
import { contextAt, hostsOf, tensorOf, type RunKind } from '../bench.js';

/** `view{i}` and `teacher{i}` are branches, everything else goes in by name; gradients are those the case asks for. */
export const objective: RunKind = async (golden, bench) => {
  const component = bench.make(slots.objective, { use: golden.use, ...golden.options });
  if (!component) return undefined;
  const outputs = scope(() => {
    const tensors = Object.fromEntries(Object.entries(golden.inputs).map(([name, input]) => [name, tensorOf(input)]));
    const names = Object.keys(golden.expect ?? {}).flatMap(name => /^grad\.(.*)$/.exec(name)?.[1] ?? []);
    let result: ObjectiveResult | undefined;
    const loss = (): Tensor => {
      result = kept(component.compute({ ...branches(tensors), codes: [], tensors }, contextAt(0, 1)));
      return tf.clone(result.loss);
    };
    const differential = differentiate(
      loss,
      names.map(name => tensors[name]),
    );
    const gradients = names.map(
      (name, i) => [`grad.${name}`, differential.gradients[i] ?? tf.zerosLike(tensors[name])] as const,
    );
    return { ...flat(result!), ...Object.fromEntries(gradients) };
  });
  return hostsOf(outputs);
};

/** `head{h}.view{i}` are the columns of set h of the prototypes, put beside each other. */
function branches(
  tensors: Readonly<Record<string, Tensor>>,
): Pick<ObjectiveInputs, 'outputs' | 'targets' | 'segments'> {
  const heads = Object.keys(tensors).filter(name => /^head\d+\.view0$/.test(name)).length;
  if (heads === 0) return { outputs: numbered('view', tensors), targets: numbered('teacher', tensors) };
  const byHead = Array.from({ length: heads }, (_, head) => numbered(`head${head}.view`, tensors));
  const views = byHead[0].map((_, view) =>
    tf.concat(
      byHead.map(own => own[view]),
      1,
    ),
  );
  return { outputs: views, targets: [], segments: byHead.map(([{ shape }]) => shape[1]) };
}

function numbered(branch: string, tensors: Readonly<Record<string, Tensor>>): Tensor2D[] {
  const names = Object.keys(tensors).filter(name => name.startsWith(branch) && /^\d+$/.test(name.slice(branch.length)));
  return names
    .sort((a, b) => Number(a.slice(branch.length)) - Number(b.slice(branch.length)))
    .map(name => tensors[name] as Tensor2D);
}

/** Survives the gradient's own scope. */
function kept(result: ObjectiveResult): ObjectiveResult {
  for (const tensor of Object.values(flat(result))) tf.keep(tensor);
  return result;
}

function flat({ loss, parts, nextState = {}, details = {} }: ObjectiveResult): Record<string, Tensor> {
  return {
    ...details,
    ...parts,
    loss,
    ...Object.fromEntries(Object.entries(nextState).map(([name, value]) => [`after.${name}`, value])),
  };
}
