import {
  againstTargets,
  crossEntropyMatrices,
  crossPairs,
  defineComponent,
  kernels,
  normalizeRows,
  scoreMatrices,
  slots,
  targetsOf,
  tf,
  Type,
  untracked,
  withGradient,
  type Objective,
  type ObjectiveInputs,
  type Static,
  type StepContext,
} from '@carl-ssl/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkSwav, uniformCodes } from './advice.js';
import { swavCard } from './card.js';
import { balancedCode, type QueuedScores } from './balanced-code.js';
import { queueOptions } from './options.js';
import { activeQueue, pushed, queuedSet, queueState, type QueuedSet } from './queue.js';

const options = Type.Object(
  {
    inputs: Type.Union([Type.Literal('scores'), Type.Literal('embeddings')], {
      default: 'scores',
      description:
        "scores: the objective uses the assigner's logits; works with any assigner. embeddings: it computes the scores of the embeddings with the assigner's prototypes.",
    }),
    temperature: Type.Number({
      exclusiveMinimum: 0,
      default: 1,
      description:
        "Logits are divided by it, in addition to the assigner's temperature. With `inputs: embeddings`, it is the only temperature: 0.1 in SwAV.",
    }),
    epsilon: Type.Number({
      exclusiveMinimum: 0,
      default: 0.5,
      description:
        'Logits are divided by it to compute codes if the assigner computes none: 0.5 with an assigner temperature of 0.1 corresponds to 0.05 in SwAV. With `inputs: embeddings`, use 0.05.',
    }),
    iterations: Type.Integer({
      minimum: 1,
      maximum: 1000,
      default: 3,
      description: 'Sinkhorn iterations for the codes.',
    }),
    assignedViews: Type.Integer({
      minimum: 1,
      default: 2,
      description:
        'Number of views whose codes the other views predict, counted from the first; normally the global views.',
    }),
    normalizePrototypes: Type.Boolean({
      default: false,
      description:
        'With `inputs: embeddings`, prototypes are normalised to unit length for scoring, and the gradient ignores this normalisation.',
    }),
    ...queueOptions,
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * SwAV's swapped prediction over V views: the code of a global view is predicted from the assignment of every other view.
 * Codes are the assigner's where it makes any, else Sinkhorn codes of the teacher's or the views' own scores.
 * @see arXiv 2006.09882, equation 2
 */
export const swav = defineComponent(slots.objective, {
  use: 'swav',
  description: 'Swapped prediction: the balanced code of one view is predicted from the other views.',
  source: 'arXiv 2006.09882; github.com/facebookresearch/swav',
  card: swavCard,
  options,
  requires: ({ inputs }) => (inputs === 'scores' ? ['assignments'] : ['prototypes']),
  temperature: o => (o.inputs === 'scores' ? { option: 'temperature', value: o.temperature } : undefined),
  check: checkSwav,
  create: createSwav,
});

function createSwav(o: Options): Objective {
  return {
    state: ({ width }) => (o.inputs === 'embeddings' ? queueState(o, o.assignedViews, width) : []),
    compute: (inputs, context) => {
      const prototypes = o.inputs === 'embeddings' ? prototypesOf(inputs, o) : undefined;
      const queue = activeQueue(inputs.tensors, o, context);
      const scores = prototypes ? scored(inputs, prototypes) : inputs;
      const codes = codesOf(scores, { o, context, queued: set => queuedScores(queuedSet(queue, set), prototypes) });
      const named = codes.map((code, i) => [`assignment.${i}`, code] as const);
      const details = {
        ...Object.fromEntries(named),
        ...(o.normalizePrototypes && prototypes && { 'after.prototypes': prototypes }),
      };
      const after = prototypes && queue && { queue: pushed(queue, newest(inputs, o), context.collective) };
      const { mean } = againstTargets(crossPairs(scores.outputs, codes), {
        compare: (view, code) => ({ values: kernels.softmaxCrossEntropy(tf.div<Tensor2D>(view, o.temperature), code) }),
      });
      return { loss: mean, parts: {}, details, ...(after && { nextState: after }) };
    },
    matrices: size => [...(o.inputs === 'embeddings' ? scoreMatrices(size) : []), ...crossEntropyMatrices(size)],
    trivial: uniformCodes,
  };
}

function prototypesOf({ tensors }: ObjectiveInputs, { normalizePrototypes }: Options): Tensor2D {
  const prototypes = tensors.prototypes as Tensor2D;
  return normalizePrototypes ? unitInPlace(prototypes) : prototypes;
}

/** Unit rows with a straight-through gradient: the normalisation is not differentiated. */
const unitInPlace = withGradient((rows: Tensor2D) => ({ value: normalizeRows(rows), gradient: dy => [tf.clone(dy)] }));

/** Embeddings as scores; prototypes keep their length. */
function scored(inputs: ObjectiveInputs, prototypes: Tensor2D): ObjectiveInputs {
  const scores = (z: Tensor2D): Tensor2D => tf.matMul(normalizeRows(z), prototypes, false, true);
  return { ...inputs, outputs: inputs.outputs.map(scores), targets: inputs.targets.map(scores) };
}

interface CodeInputs {
  readonly o: Options;
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

/** Scores a queue of embeddings with the current prototypes; returns a queue of scores unchanged. */
function queuedScores(set: QueuedSet | undefined, prototypes: Tensor2D | undefined): QueuedScores | undefined {
  if (!set) return undefined;
  return { full: set.full, scores: prototypes ? tf.matMul(set.rows, prototypes, false, true) : set.rows };
}

function newest({ outputs, targets }: ObjectiveInputs, { assignedViews }: Options): Tensor2D[] {
  const unit = untracked((z: Tensor2D): Tensor2D => normalizeRows(z));
  return (targets.length > 0 ? targets : outputs).slice(0, assignedViews).map(z => unit(z));
}
