import {
  crossPairs,
  defineComponent,
  meanCrossEntropy,
  normalizeRows,
  slots,
  targetsOf,
  untracked,
  withGradient,
  type Objective,
  type ObjectiveInputs,
  type StepContext,
} from '@carl-ssl/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { Type, type Static } from 'typebox';
import { balancedCode, type QueuedScores } from './balanced-code.js';
import { queueOptions } from './options.js';
import { activeQueue, pushed, queuedSet, queueState, type QueuedSet } from './queue.js';
import { checkSwav, uniformCodes } from './swav-advice.js';

const options = Type.Object(
  {
    inputs: Type.Union([Type.Literal('scores'), Type.Literal('embeddings')], {
      default: 'scores',
      description:
        "scores: works on the assigner's logits, under any assigner. embeddings: scores embeddings against the assigner's prototypes by itself.",
    }),
    temperature: Type.Number({
      exclusiveMinimum: 0,
      default: 1,
      description:
        "Logits are divided by it, beyond the assigner's own temperature. With `inputs: embeddings` it is the only one: 0.1 in SwAV.",
    }),
    epsilon: Type.Number({
      exclusiveMinimum: 0,
      default: 0.5,
      description:
        "Logits are divided by it to make codes, where the assigner makes none: 0.5 at the assigner's temperature of 0.1 is SwAV's 0.05. With `inputs: embeddings`: 0.05.",
    }),
    iterations: Type.Integer({ minimum: 1, maximum: 1000, default: 3, description: 'Sinkhorn iterations for codes.' }),
    assignedViews: Type.Integer({
      minimum: 1,
      default: 2,
      description: 'Views whose codes the others predict, from the first one on: the global ones.',
    }),
    normalizePrototypes: Type.Boolean({
      default: false,
      description: 'With `inputs: embeddings`, prototypes are scored at unit length, which the gradient does not see.',
    }),
    ...queueOptions,
  },
  { additionalProperties: false },
);
export type SwavOptions = Readonly<Static<typeof options>>;

/**
 * SwAV's swapped prediction over V views: the code of a global view is predicted from the assignment of every other view.
 * Codes are the assigner's where it makes any, else Sinkhorn codes of the teacher's or the views' own scores.
 * @see arXiv 2006.09882, equation 2
 */
export const swav = defineComponent(slots.objective, {
  use: 'swav',
  description: 'Swapped prediction: the balanced code of one view is predicted from the other views.',
  source: 'arXiv 2006.09882; github.com/facebookresearch/swav',
  options,
  requires: ({ inputs }) => (inputs === 'scores' ? ['assignments'] : ['prototypes']),
  check: checkSwav,
  create: createSwav,
});

function createSwav(o: SwavOptions): Objective {
  return {
    state: ({ width }) => (o.inputs === 'embeddings' ? queueState(o, o.assignedViews, width) : []),
    compute: (inputs, context) => {
      const prototypes = o.inputs === 'embeddings' ? prototypesOf(inputs, o) : undefined;
      const queue = activeQueue(inputs.tensors, o, context);
      const scores = prototypes ? scored(inputs, prototypes) : inputs;
      const codes = codesOf(scores, { o, context, queued: set => queuedScores(queuedSet(queue, set), prototypes) });
      const logits = scores.outputs.map(view => tf.div<Tensor2D>(view, o.temperature));
      const named = codes.map((code, i) => [`assignment.${i}`, code] as const);
      const details = {
        ...Object.fromEntries(named),
        ...(o.normalizePrototypes && prototypes && { 'after.prototypes': prototypes }),
      };
      const after = prototypes && queue && { queue: pushed(queue, newest(inputs, o), context.collective) };
      const loss = meanCrossEntropy(crossPairs(logits, codes));
      return { loss, parts: {}, details, ...(after && { nextState: after }) };
    },
    trivial: uniformCodes,
  };
}

function prototypesOf({ tensors }: ObjectiveInputs, { normalizePrototypes }: SwavOptions): Tensor2D {
  const prototypes = tensors.prototypes as Tensor2D;
  return normalizePrototypes ? unitInPlace(prototypes) : prototypes;
}

/** Unit rows whose gradient is that of the rows themselves, as if they had been stored at unit length before. */
const unitInPlace = withGradient((rows: Tensor2D) => ({ value: normalizeRows(rows), gradient: dy => [tf.clone(dy)] }));

/** Embeddings as scores; prototypes stay as long as they are. */
function scored(inputs: ObjectiveInputs, prototypes: Tensor2D): ObjectiveInputs {
  const scores = (z: Tensor2D): Tensor2D => tf.matMul(normalizeRows(z), prototypes, false, true);
  return { ...inputs, outputs: inputs.outputs.map(scores), targets: inputs.targets.map(scores) };
}

interface CodeInputs {
  readonly o: SwavOptions;
  readonly context: StepContext;
  /** Scores of the queue for the code of a view. */
  readonly queued: (set: number) => QueuedScores | undefined;
}

function codesOf(
  { codes, targets, outputs }: ObjectiveInputs,
  { o, context, queued }: CodeInputs,
): readonly Tensor2D[] {
  const first = (branch: readonly Tensor2D[]) => branch.slice(0, o.assignedViews);
  const given = { codes: first(codes), targets: first(targets), outputs: first(outputs) };
  return targetsOf(given, (scores, view) =>
    balancedCode(scores, { ...o, collective: context.collective, queued: queued(view) }),
  );
}

/** Queues of embeddings are scored anew at every step; a queue of scores is taken as it is. */
function queuedScores(set: QueuedSet | undefined, prototypes: Tensor2D | undefined): QueuedScores | undefined {
  if (!set) return undefined;
  return { full: set.full, scores: prototypes ? tf.matMul(set.rows, prototypes, false, true) : set.rows };
}

function newest({ outputs, targets }: ObjectiveInputs, { assignedViews }: SwavOptions): Tensor2D[] {
  const unit = untracked((z: Tensor2D): Tensor2D => normalizeRows(z));
  return (targets.length > 0 ? targets : outputs).slice(0, assignedViews).map(z => unit(z));
}
