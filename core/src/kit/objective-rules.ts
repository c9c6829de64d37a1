import type { Objective, ObjectiveSize } from '../contracts/objective.js';
import { tf } from '../tensor/tf.js';
import { collapseRules } from './objective-collapse-rules.js';
import {
  compute,
  disposeInputs,
  gradientsOf,
  inputsOf,
  lossOf,
  normal,
  objectiveSize,
  reordered,
  tensorsOf,
  type Draw,
  type Inputs,
} from './objective.js';
import {
  allFinite,
  contextAt,
  leaked,
  leakProblem,
  noise,
  relativeDifference,
  sameBits,
  streams,
  taken,
} from './probe.js';
import { READ_BACK_RULE, readBackProblems } from './read-back.js';
import { unless, type Rule, type Subject } from './rule.js';
import { directionsFor, inner, slopeAlong } from './slope.js';
import { objectiveWorkerRules } from './objective-worker-rules.js';
import { stateProblems } from './state.js';

/** Rules for objectives. */
export const objectiveRules: readonly Rule<Objective>[] = [
  { name: 'gives a loss and parts that are finite scalars', check: scalars },
  { name: 'has a gradient that agrees with finite differences', check: slopes },
  { name: 'does not depend on the order of the images', check: orderOfImages },
  { name: 'takes its state in and gives it out as declared', check: stateOverSteps },
  { name: 'gives the same bits for the same views', check: determinism },
  { name: 'leaves no tensor behind and none of its arguments changed', check: noLeak },
  { name: READ_BACK_RULE, check: readBack },
  { name: 'masks at least one patch, drawn from the stream alone, if it masks any', check: masks },
  ...collapseRules,
  ...objectiveWorkerRules,
];

/** Names that the metrics use for other values. */
const RESERVED = ['step', 'epoch', 'loss', 'learningRate', 'gradientNorm', 'health', 'warning'];
const SIZES: readonly (readonly [number, number])[] = [
  [4, 3],
  [7, 5],
  [12, 8],
];

function withInputs<R>(
  subject: Subject<Objective>,
  [size, draw]: readonly [ObjectiveSize, Draw],
  work: (objective: Objective, inputs: Inputs) => R,
): R {
  const objective = subject.make();
  const inputs = inputsOf(subject, objective, [size, draw]);
  try {
    return work(objective, inputs);
  } finally {
    disposeInputs(inputs);
  }
}

function scalars(subject: Subject<Objective>): string[] {
  return withInputs(subject, [objectiveSize(subject), normal], (objective, inputs) =>
    tf.tidy(() => {
      const { loss, parts } = compute(objective, inputs);
      const named = Object.entries({ 'the loss': loss, ...parts });
      return [
        ...named.flatMap(([name, tensor]) =>
          unless(
            [tensor.rank === 0, `${name} is not a scalar, its shape is [${tensor.shape.join(', ')}]`],
            [allFinite(tensor.dataSync()), `${name} is not finite`],
          ),
        ),
        ...RESERVED.filter(name => name in parts).map(
          name => `a part is called ${name}, a name that the metrics use for another value`,
        ),
      ];
    }),
  );
}

function slopes(subject: Subject<Objective>): string[] {
  return SIZES.flatMap(([batch, width]) =>
    withInputs(subject, [objectiveSize(subject, batch, width), normal], (objective, inputs) => {
      const gradients = gradientsOf(objective, inputs);
      const length = Math.sqrt(inner(gradients, gradients));
      const loss = lossOf(objective, inputs);
      const directions = subject.example.stopsGradient ? [] : directionsFor(gradients, 4);
      const wrong = directions.flatMap(direction => {
        const given = inner(gradients, direction);
        const { value, uncertainty } = slopeAlong(objective, { inputs, loss }, direction);
        if (Math.abs(value - given) <= 0.01 * length + 2 * uncertainty) return [];
        return [
          `[${batch}, ${width}]: the slope along a direction is ${value.toPrecision(4)} by differences and ${given.toPrecision(4)} by the gradient`,
        ];
      });
      return [...unless([length > 0, `[${batch}, ${width}]: no gradient reaches the views`]), ...wrong.slice(0, 1)];
    }),
  );
}

function orderOfImages(subject: Subject<Objective>): string[] {
  if (subject.example.orderMatters) return [];
  return withInputs(subject, [objectiveSize(subject), normal], (objective, inputs) => {
    const other = reordered(inputs, streams.at('order').permutation(inputs.outputs[0].shape[0]));
    const losses = [lossOf(objective, inputs), lossOf(objective, other)];
    disposeInputs(other);
    const difference = Math.abs(losses[0] - losses[1]) / Math.max(1, Math.abs(losses[0]));
    return unless([difference < 1e-4, `with the images in another order the loss is ${losses[1]}, not ${losses[0]}`]);
  });
}

function stateOverSteps(subject: Subject<Objective>): string[] {
  const size = objectiveSize(subject);
  return withInputs(subject, [size, normal], (objective, inputs) =>
    tf.tidy(() => {
      const specs = objective.state(size);
      const problems: string[] = [];
      let tensors = inputs.tensors;
      for (let step = 0; step < 6; step++) {
        const views = inputs.outputs.map(
          (view, i) => noise(`step ${String(step)} view ${String(i)}`, view.shape) as typeof view,
        );
        const { loss, nextState = {} } = compute(objective, { ...inputs, outputs: views, tensors }, step);
        problems.push(
          ...stateProblems(specs, nextState),
          ...unless([allFinite(loss.dataSync()), `the loss is not finite at step ${step}`]),
        );
        tensors = { ...tensors, ...nextState };
      }
      return [...new Set(problems)];
    }),
  );
}

function determinism(subject: Subject<Objective>): string[] {
  const losses = [0, 1].map(() => withInputs(subject, [objectiveSize(subject), normal], lossOf));
  return unless([Object.is(losses[0], losses[1]), `the same views give losses of ${losses[0]} and ${losses[1]}`]);
}

function masks({ make }: Subject<Objective>): string[] {
  const drawn = (step: number) => make().mask?.({ images: 6, grid: [3, 5] }, contextAt(step, 10));
  const first = drawn(0);
  if (!first) return [];
  const sizes = Array.from({ length: 8 }, (_, step) => drawn(step)!);
  return unless(
    [sizes.every(({ length }) => length === 90), `a mask for 6 images of 3 x 5 patches has ${first.length} marks`],
    [sizes.every(marks => marks.some(mark => mark !== 0)), 'it draws a mask without a masked patch'],
    [sameBits(first, drawn(0)!), 'it draws different masks from equal streams'],
  );
}

function readBack(subject: Subject<Objective>): string[] {
  return withInputs(subject, [objectiveSize(subject), normal], (objective, inputs) =>
    readBackProblems(() => compute(objective, inputs)),
  );
}

async function noLeak(subject: Subject<Objective>): Promise<string[]> {
  const objective = subject.make();
  const inputs = inputsOf(subject, objective, [objectiveSize(subject), normal]);
  const all = tensorsOf(inputs);
  const before = all.map(tensor => taken(tf.clone(tensor)));
  const count = await leaked(() => {
    tf.tidy(() => void compute(objective, inputs));
  });
  const gone = all.filter(tensor => tensor.isDisposed).length;
  const changed = all.filter(
    (tensor, i) => !tensor.isDisposed && relativeDifference(tensor.dataSync(), before[i]) > 0,
  ).length;
  disposeInputs(inputs);
  return [
    ...leakProblem(count + gone, 'the loss'),
    ...unless(
      [gone === 0, `it disposes ${gone} of its arguments`],
      [changed === 0, `it changes ${changed} of its arguments`],
    ),
  ];
}
