import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { MaskedPatches, ObjectiveInputs, ObjectiveResult } from '../../contracts/objective.js';
import { overSegments } from '../../maths/segments.js';
import { slots } from '../../contracts/slots.js';
import { differentiate } from '../../tensor/engine.js';
import { scope } from '../../tensor/scope.js';
import type { StepContext } from '../../contracts/step-context.js';
import { tf } from '../../tensor/tf.js';
import { contextAt, hostsOf, tensorOf, type RunKind } from '../bench.js';
import type { GoldenCase } from '../case.js';

/** `view{i}` and `teacher{i}` are branches, all other inputs are passed by name; gradients are those the case expects. */
export const objective: RunKind = async (golden, bench) => {
  const component = bench.make(slots.objective, { use: golden.use, ...golden.options });
  if (!component) return undefined;
  const outputs = scope(() => {
    const tensors = Object.fromEntries(Object.entries(golden.inputs).map(([name, input]) => [name, tensorOf(input)]));
    const names = Object.keys(golden.expect ?? {}).flatMap(name => /^grad\.(.*)$/.exec(name)?.[1] ?? []);
    let result: ObjectiveResult | undefined;
    const loss = (): Tensor => {
      const { segments, ...branches } = branchesOf(tensors);
      const given = {
        codes: [],
        tensors: { ...tensors, ...assignments(tensors) },
        ...masked(tensors, golden.inputs),
        ...patchesOf(tensors),
      };
      const context = contextOf(golden.inputs);
      result = kept(overSegments(component, segments).compute({ ...branches, ...given }, context));
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

/** `head{h}.view{i}` are the columns of set h of the prototypes. */
function branchesOf(
  tensors: Readonly<Record<string, Tensor>>,
): Pick<ObjectiveInputs, 'outputs' | 'targets'> & { readonly segments?: readonly number[] } {
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

/** A context whose stream draws the `permutation` of the case, and its `normals` one after the other, if it has them. */
function contextOf({ permutation, normals }: GoldenCase['inputs']): StepContext {
  const context = contextAt(0, 1);
  let drawn = 0;
  const random = {
    ...context.random,
    ...(permutation && { permutation: () => Int32Array.from(permutation.data) }),
    ...(normals && { normal: () => normals.data[drawn++ % normals.data.length] }),
  };
  return { ...context, random };
}

/** The first view and teacher as masked patches of the `mask` of the case with its `pixels`, if it has one. */
function masked(
  { view0: output, teacher0: target, mask, pixels }: Readonly<Record<string, Tensor>>,
  inputs: GoldenCase['inputs'],
): Pick<ObjectiveInputs, 'masked'> {
  if (!mask) return {};
  const marks = Array.from(inputs.mask.data);
  const places = tf.tensor1d(
    [...marks.keys()].filter(place => marks[place] !== 0),
    'int32',
  );
  return { masked: { output, target, mask, places, pixels } as MaskedPatches };
}

/** `patches{i}` and `positions{i}`, if the case has them. */
function patchesOf(tensors: Readonly<Record<string, Tensor>>): Pick<ObjectiveInputs, 'patches'> {
  const [outputs, positions] = ['patches', 'positions'].map(name => numbered(name, tensors) as Tensor[] as Tensor3D[]);
  return outputs.length > 0 ? { patches: { outputs, positions } } : {};
}

/** `head{h}.assignment` under the name by which the objective finds it in set h. */
function assignments(tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const found = Object.keys(tensors).flatMap(name => /^head(\d+)\.assignment$/.exec(name)?.[1] ?? []);
  const own = (head: string) => (found.length === 1 ? 'assignment' : `set${head}.assignment`);
  return Object.fromEntries(found.map(head => [own(head), tensors[`head${head}.assignment`]]));
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
