import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Note } from '../contracts/note.js';
import type {
  Objective,
  ObjectiveInputs,
  ObjectiveResult,
  ObjectiveSize,
  TrivialValue,
} from '../contracts/objective.js';
import type { TensorMap } from '../contracts/state.js';
import type { StepContext } from '../contracts/step-context.js';
import { Notes } from '../tensor/notes.js';
import { tf } from '../tensor/tf.js';
import { meanOf } from './mean-of.js';

/** Splits columns by set of prototypes: [B, K] -> one [B, K_s] for each set. */
export function splitSegments(columns: Tensor2D, segments: readonly number[]): readonly Tensor2D[] {
  return segments.length === 1 ? [columns] : tf.split<Tensor2D>(columns, [...segments], 1);
}

/**
 * An objective for several sets of prototypes of the given sizes: it is computed once for each set, with the set's
 * columns and prototypes, and loss, parts and notes are averaged. Each set has separate state, under `set{s}.<name>`,
 * and its details have the same prefix. For one set it is the objective itself.
 */
export function overSegments(objective: Objective, segments: readonly number[] | undefined): Objective {
  if (segments === undefined || segments.length < 2) return objective;
  if (objective.overSegments) return objective.overSegments(segments);
  return {
    state: size =>
      segments.flatMap((count, s) =>
        objective.state(sizeOf(count, size)).map(spec => ({ ...spec, name: `set${s}.${spec.name}` })),
      ),
    ...(objective.matrices && {
      matrices: (size: ObjectiveSize) => segments.flatMap(count => objective.matrices!(sizeOf(count, size))),
    }),
    compute: (inputs, context) => computeSets(objective, splitInputs(inputs, segments), context),
    ...(objective.usesPatches && { usesPatches: true }),
    ...(objective.mask && { mask: (of, context) => objective.mask!(of, context) }),
    trivial: (size, context) => meanValues(segments.map(count => objective.trivial(sizeOf(count, size), context))),
  };
}

function sizeOf(count: number, size: ObjectiveSize): ObjectiveSize {
  return { ...size, width: count, prototypes: count };
}

function computeSets(objective: Objective, sets: readonly ObjectiveInputs[], context: StepContext): ObjectiveResult {
  const results = withMeanNotes(context, note =>
    sets.map(inputs => objective.compute(inputs, { ...context, note: note() })),
  );
  const named = (of: (result: ObjectiveResult) => TensorMap | undefined): Record<string, Tensor> =>
    Object.fromEntries(
      results.flatMap((result, s) =>
        Object.entries(of(result) ?? {}).map(([name, value]) => [`set${s}.${name}`, value]),
      ),
    );
  return {
    loss: meanOf(results.map(({ loss }) => loss)),
    parts: meanParts(results),
    nextState: named(({ nextState }) => nextState),
    details: named(({ details }) => details),
  };
}

/** Runs `compute` and reports each of its notes as the mean over several calls; `note()` starts a call. */
function withMeanNotes<R>(context: StepContext, compute: (note: () => Note) => R): R {
  const notes = new Notes();
  try {
    const result = compute(() => notes.of());
    for (const [name, value] of Object.entries(notes.take())) context.note(name, value);
    return result;
  } finally {
    notes.dispose();
  }
}

function meanParts(results: readonly ObjectiveResult[]): Record<string, Scalar> {
  const names = Object.keys(results[0].parts);
  return Object.fromEntries(names.map(name => [name, meanOf(results.map(({ parts }) => parts[name]))]));
}

/** The inputs of each set; embeddings are the same for all. */
function splitInputs(inputs: ObjectiveInputs, segments: readonly number[]): ObjectiveInputs[] {
  const split = (branch: readonly Tensor2D[]) => branch.map(columns => splitSegments(columns, segments));
  const [outputs, targets, codes] = [inputs.outputs, inputs.targets, inputs.codes].map(split);
  const { masked } = inputs;
  const [output] = masked ? split([masked.output]) : [];
  const [target] = masked?.target ? split([masked.target]) : [];
  const { prototypes } = inputs.tensors;
  const rows = prototypes && tf.split(prototypes, [...segments]);
  return segments.map((_, s) => ({
    ...inputs,
    outputs: outputs.map(parts => parts[s]),
    targets: targets.map(parts => parts[s]),
    codes: codes.map(parts => parts[s]),
    tensors: { ...tensorsOf(inputs.tensors, s), ...(rows && { prototypes: rows[s] }) },
    ...(masked && { masked: { ...masked, output: output[s], ...(masked.target && { target: target[s] }) } }),
  }));
}

/** The state of set s without its prefix. */
function tensorsOf(tensors: TensorMap, s: number): TensorMap {
  const start = `set${s}.`;
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(start));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(start.length), value]));
}

/** Mean over the sets, which give the same values in the same order for different K. */
function meanValues(sets: readonly (readonly TrivialValue[])[]): TrivialValue[] {
  return sets[0].map((value, i) => ({
    ...value,
    loss: sets.reduce((sum, values) => sum + values[i].loss, 0) / sets.length,
  }));
}
