import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Collective } from '../contracts/collective.js';
import type { Objective, ObjectiveResult, ObjectiveSize } from '../contracts/objective.js';
import { constant } from '../tensor/constant.js';
import { tf } from '../tensor/tf.js';
import { jointMaskOf, maskedShare, type JointMask } from './masked-share.js';
import { disposeInputs, inputsOf, objectiveSize, type Inputs } from './objective.js';
import { contextAt } from './probe.js';
import type { Rule, Subject } from './rule.js';
import {
  comparedWorkers,
  gradientsBy,
  isPerWorker,
  shareOf,
  stateAfter,
  unevenNoise,
  valuesOf,
  WORKERS_RULE,
  type Figures,
  type Outcome,
} from './workers.js';

const STEPS = 3;

/** Rules for objectives whose batch is shared by several workers. */
export const objectiveWorkerRules: readonly Rule<Objective>[] = [{ name: WORKERS_RULE, check: twoHalves }];

async function twoHalves(subject: Subject<Objective>): Promise<readonly string[]> {
  if (isPerWorker(subject)) return [];
  // An objective that is tested with codes can also compute targets from the views, with the same gradient on all workers.
  const withoutCodes = { ...subject, example: { ...subject.example, codes: false } };
  const subjects = subject.example.codes ? [subject, withoutCodes] : [subject];
  const problems: string[] = [];
  for (const one of subjects) problems.push(...(await trainedSteps(one)));
  return problems;
}

async function trainedSteps(subject: Subject<Objective>): Promise<readonly string[]> {
  const objective = subject.make();
  const size = objectiveSize(subject);
  let state: Figures = {};
  for (let step = 0; step < STEPS; step++) {
    const batch = batchOf(subject, objective, { size, step, state });
    const { one, problems } = await comparedWorkers(collective => outcome(objective, batch, { step, collective }));
    state = { ...state, ...one.shared };
    disposeInputs(batch.inputs);
    tf.dispose(batch.masked ? [batch.masked.output, batch.masked.target, batch.masked.pixels] : []);
    if (problems.length > 0) return problems.map(problem => `step ${step}: ${problem}`);
  }
  return [];
}

/** A batch of all workers, and the patches masked in it if the objective masks any. */
interface JointBatch {
  readonly inputs: Inputs;
  readonly masked?: JointMask;
}

function batchOf(
  subject: Subject<Objective>,
  objective: Objective,
  { size, step, state }: { readonly size: ObjectiveSize; readonly step: number; readonly state: Figures },
): JointBatch {
  const draw = (name: string, shape: readonly [number, number]) =>
    unevenNoise(`${name} step ${step}`, shape) as Tensor2D;
  const inputs = inputsOf(subject, objective, [size, draw]);
  const after = stateAfter(objective.state(size), state);
  tf.dispose(Object.keys(after).map(name => inputs.tensors[name]));
  const views = Math.min(2, size.views);
  const masked = jointMaskOf(objective, { images: size.batchSize, views, width: size.width }, contextAt(step, STEPS));
  return { inputs: { ...inputs, tensors: { ...inputs.tensors, ...after } }, ...(masked && { masked }) };
}

/** Loss, parts, gradients and new state of a worker that holds its share of the batch. */
function outcome(
  objective: Objective,
  { inputs, masked }: JointBatch,
  { step, collective }: { readonly step: number; readonly collective: Collective },
): Outcome {
  const results: { parts: Figures; shared: Figures } = { parts: {}, shared: {} };
  const { loss, gradients } = gradientsBy(differentiable({ inputs, ...(masked && { masked }) }), () => {
    const result = computeShare(objective, { inputs, ...(masked && { masked }) }, { step, collective });
    results.parts = valuesOf(result.parts);
    results.shared = valuesOf(result.nextState ?? {});
    return result.loss;
  });
  return { means: { 'the loss': loss, ...results.parts, ...gradients }, shared: results.shared };
}

function computeShare(
  objective: Objective,
  { inputs, masked }: JointBatch,
  { step, collective }: { readonly step: number; readonly collective: Collective },
): ObjectiveResult {
  const own = (branch: readonly Tensor2D[]): Tensor2D[] => branch.map(one => shareOf(one, collective));
  const constants = (branch: readonly Tensor2D[]): Tensor2D[] => own(branch).map(one => constant(one));
  const { outputs, targets, codes, tensors, embedded, patches } = inputs;
  return objective.compute(
    {
      outputs: own(outputs),
      targets: constants(targets),
      codes: constants(codes),
      tensors,
      embedded: { outputs: own(embedded.outputs), targets: constants(embedded.targets) },
      ...(masked && { masked: maskedShare(masked, collective) }),
      ...(patches && {
        patches: {
          outputs: patches.outputs.map(one => shareOf(one, collective)),
          positions: patches.positions.map(one => shareOf(one, collective)),
        },
      }),
    },
    { ...contextAt(step, STEPS), collective },
  );
}

/** All tensors that may have a gradient, by name. */
function differentiable({ inputs, masked }: JointBatch): Record<string, Tensor> {
  const named = (name: string, branch: readonly Tensor[]) => branch.map((one, i) => [`${name} ${i}`, one] as const);
  const { prototypes } = inputs.tensors;
  return Object.fromEntries([
    ...named('view', inputs.outputs),
    ...named('embedding', inputs.embedded.outputs),
    ...(prototypes ? [['prototypes', prototypes] as const] : []),
    ...(masked ? [['masked patches', masked.output] as const] : []),
    ...named('patches', inputs.patches?.outputs ?? []),
  ]);
}
