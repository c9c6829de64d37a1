import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Optimizer } from '../contracts/optimizer.js';
import { scope } from '../tensor/scope.js';
import { tf } from '../tensor/tf.js';
import { allFinite, leaked, leakProblem, noise, sameBits } from './probe.js';
import { unless, type Rule, type Subject } from './rule.js';

/** Rules for optimizers. */
export const optimizerRules: readonly Rule<Optimizer>[] = [
  { name: 'does not change parameters at a learning rate of zero', check: zeroRate },
  { name: 'descends a quadratic', check: descends },
  { name: 'keeps no state between steps except its slots', check: onlySlots },
  { name: 'does not change gradients and leaves no tensor behind', check: noLeak },
];

/** Parameters of the shapes that occur: convolution, linear layer, vector. */
const SHAPES: Readonly<Record<string, number[]>> = { conv: [3, 3, 2, 4], linear: [5, 3], bias: [7] };
const STEPS = 40;

interface Trial {
  readonly optimizer: Optimizer;
  readonly values: Readonly<Record<string, Variable>>;
  readonly slots: Readonly<Record<string, Readonly<Record<string, Variable>>>>;
  updates: number;
}

function start(optimizer: Optimizer): Trial {
  const entries = Object.entries(SHAPES);
  return scope(() => ({
    optimizer,
    values: Object.fromEntries(entries.map(([name, shape]) => [name, tf.variable(noise(`value ${name}`, shape))])),
    slots: Object.fromEntries(
      entries.map(([name, shape]) => [
        name,
        Object.fromEntries(optimizer.slots.map(slot => [slot, tf.variable(tf.zeros(shape))])),
      ]),
    ),
    updates: 0,
  }));
}

function finish({ values, slots }: Trial): void {
  tf.dispose([...Object.values(values), ...Object.values(slots).flatMap(group => Object.values(group))]);
}

/** One step down the quadratic |value - target|^2 / 2, whose gradient is value - target. */
function step(trial: Trial, learningRate: number, gradients = gradientsOf(trial)): void {
  const parameters = Object.entries(trial.values).map(([name, value]) => ({
    name,
    value,
    gradient: gradients[name],
    slots: trial.slots[name],
    updates: trial.updates,
  }));
  trial.optimizer.apply(parameters, learningRate, { step: trial.updates, steps: STEPS });
  trial.updates += 1;
  tf.dispose(Object.values(gradients));
}

function gradientsOf({ values }: Trial): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      tf.tidy(() => tf.sub(value, noise(`target ${name}`, value.shape))),
    ]),
  );
}

function bitsOf(variables: Readonly<Record<string, Variable>>): Float32Array {
  return Float32Array.from(Object.values(variables).flatMap(variable => [...variable.dataSync()]));
}

function zeroRate({ make }: Subject<Optimizer>): string[] {
  const trial = start(make());
  const before = bitsOf(trial.values);
  for (let i = 0; i < 3; i++) step(trial, 0);
  const unchanged = sameBits(bitsOf(trial.values), before);
  finish(trial);
  return unless([unchanged, 'it moves parameters at a learning rate of zero']);
}

function descends({ make }: Subject<Optimizer>): string[] {
  const trial = start(make());
  const rate = trial.optimizer.learningRate;
  const before = distances(trial);
  for (let i = 0; i < STEPS; i++) step(trial, rate);
  const after = distances(trial);
  const finite = allFinite(bitsOf(trial.values));
  finish(trial);
  return [
    ...unless(
      [Number.isFinite(rate) && rate >= 0, `its learning rate is ${rate}`],
      [finite, 'parameters become infinite'],
    ),
    ...Object.keys(before).flatMap(name =>
      unless([rate === 0 || after[name] < before[name], `in ${STEPS} steps ${name} does not approach the minimum`]),
    ),
  ];
}

function distances(trial: Trial): Record<string, number> {
  const gradients = gradientsOf(trial);
  const found = Object.entries(gradients).map(
    ([name, gradient]) => [name, tf.tidy(() => tf.norm(gradient).dataSync()[0])] as const,
  );
  tf.dispose(Object.values(gradients));
  return Object.fromEntries(found);
}

/** Another optimizer with the same values and slots must continue to bit-identical values, so that a checkpoint is complete. */
function onlySlots({ make }: Subject<Optimizer>): string[] {
  const trial = start(make());
  const rate = trial.optimizer.learningRate;
  for (let i = 0; i < 3; i++) step(trial, rate);
  const other: Trial = { ...start(make()), updates: trial.updates };
  copy(trial.values, other.values);
  for (const [name, group] of Object.entries(trial.slots)) copy(group, other.slots[name]);
  for (let i = 0; i < 2; i++) [trial, other].forEach(one => step(one, rate));
  const same = sameBits(bitsOf(trial.values), bitsOf(other.values));
  [trial, other].forEach(finish);
  return unless([same, 'another optimizer with the same parameters and slots continues differently']);
}

function copy(from: Readonly<Record<string, Variable>>, to: Readonly<Record<string, Variable>>): void {
  for (const [name, variable] of Object.entries(from)) to[name].assign(variable);
}

async function noLeak({ make }: Subject<Optimizer>): Promise<string[]> {
  const trial = start(make());
  const gradients = gradientsOf(trial);
  const copies = Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, tf.clone(gradient)]));
  const before = Object.values(gradients).map(gradient => gradient.dataSync().slice());
  const count = await leaked(() => step(trial, 0.01, copies));
  const changed = Object.values(gradients).some(
    (gradient, i) => gradient.isDisposed || !sameBits(gradient.dataSync(), before[i]),
  );
  finish(trial);
  tf.dispose(Object.values(gradients));
  // `step` disposes the three copies it was given, which were made before counting.
  return [
    ...leakProblem(count + copiesIn(copies), 'a step'),
    ...unless([!changed, 'it changes or disposes a gradient']),
  ];
}

const copiesIn = (copies: Readonly<Record<string, Tensor>>): number => Object.keys(copies).length;
