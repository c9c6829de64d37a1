import type { Scalar } from '@tensorflow/tfjs-core';
import { Type, type Static } from '#typebox';
import { error, warning, type Finding } from '../contracts/facts.js';
import { Components } from '../contracts/components.js';
import type { Objective, ObjectiveInputs, ObjectiveResult, ObjectiveSize } from '../contracts/objective.js';
import type { StepContext } from '../contracts/step-context.js';
import { defineComponent } from '../plugin/define.js';
import { slots } from '../contracts/slots.js';
import { Nested, Scheduled, scheduledAt } from '../schema/option.js';
import { overSegments } from '../maths/segments.js';
import { tf } from '../tensor/tf.js';
import { named, ownTensors, prefixed, sumOfTrivial, type Term } from './terms.js';

const term = Type.Object(
  {
    weight: Scheduled({ minimum: 0, default: 1, description: 'Factor on the loss of this term.' }),
    objective: Nested('objective', { description: 'The objective of this term, on assignments or on embeddings.' }),
  },
  { additionalProperties: false, description: 'An objective and its weight.' },
);

const options = Type.Object(
  { terms: Type.Array(term, { minItems: 1, description: 'The weighted objectives.' }) },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * Weighted sum of objectives: a term that requires assignments takes logits, any other embeddings. Parts, buffers and notes
 * have the term's name as prefix, `koleo.…`; the part `koleo` is the term's own loss before its weight.
 */
export const weightedSum = defineComponent(slots.objective, {
  use: 'weighted-sum',
  description: 'Weighted sum of several objectives; the weights may change during training.',
  options,
  inject: { components: Components },
  check,
  create: ({ terms: list }, { components }): Objective => {
    const terms = list.map(({ weight, objective: chosen }) => ({
      use: chosen.use,
      weight,
      objective: components.create(slots.objective, chosen),
      takesAssignments: components.requires(slots.objective, chosen).includes('assignments'),
    }));
    return sumOf(named(terms));
  },
});

function sumOf(terms: readonly Term[]): Objective {
  return {
    state: size =>
      terms.flatMap(one =>
        one.objective.state(sizeFor(one, size)).map(spec => ({ ...spec, name: `${one.name}.${spec.name}` })),
      ),
    matrices: size => terms.flatMap(one => one.objective.matrices?.(sizeFor(one, size)) ?? []),
    compute: (inputs, context) => combined(terms, inputs, context),
    ...maskOf(terms),
    usesPatches: terms.some(({ objective }) => objective.usesPatches),
    trivial: (size, context) =>
      sumOfTrivial(
        terms.map(one => ({
          values: one.objective.trivial(sizeFor(one, size), context),
          weight: scheduledAt(one.weight, context),
        })),
      ),
    overSegments: segments =>
      sumOf(
        terms.map(one => (one.takesAssignments ? { ...one, objective: overSegments(one.objective, segments) } : one)),
      ),
  };
}

/** Terms that mask patches share one mask, that of the first such term: the student sees the images once. */
function maskOf(terms: readonly Term[]): Pick<Objective, 'mask'> {
  const masking = terms.map(({ objective }) => objective).find(objective => objective.mask !== undefined);
  return masking ? { mask: (of, context) => masking.mask!(of, context) } : {};
}

function combined(terms: readonly Term[], inputs: ObjectiveInputs, context: StepContext): ObjectiveResult {
  const results = terms.map(one => one.objective.compute(inputsFor(one, inputs), contextFor(one, context)));
  const weighted = results.map(({ loss }, i) => tf.mul<Scalar>(loss, scheduledAt(terms[i].weight, context)));
  const under = <T>(pick: (result: ObjectiveResult) => Readonly<Record<string, T>> | undefined): Record<string, T> =>
    Object.assign({}, ...results.map((result, i) => prefixed(terms[i].name, pick(result) ?? {}))) as Record<string, T>;
  const losses = Object.fromEntries(results.map(({ loss }, i) => [terms[i].name, loss]));
  return {
    loss: tf.addN(weighted),
    parts: { ...losses, ...under(({ parts }) => parts) },
    nextState: under(({ nextState }) => nextState),
    details: under(({ details }) => details),
  };
}

/** The context with the term's name before its notes. */
function contextFor({ name }: Term, context: StepContext): StepContext {
  return { ...context, note: (own, value) => context.note(`${name}.${own}`, value) };
}

/** The inputs of a term: logits where it requires assignments, else embeddings. */
function inputsFor(one: Term, inputs: ObjectiveInputs): ObjectiveInputs {
  const tensors = ownTensors(one.name, inputs.tensors);
  if (one.takesAssignments || !inputs.embedded) return { ...inputs, tensors };
  const { globalViews, patches } = inputs;
  return { ...inputs.embedded, globalViews, codes: [], tensors, ...(patches && { patches }) };
}

function sizeFor({ takesAssignments }: Term, size: ObjectiveSize): ObjectiveSize {
  return takesAssignments ? size : { ...size, width: size.embeddingDim ?? size.width };
}

function check({ terms }: Options): Finding[] {
  return terms.flatMap(({ objective, weight }, i): Finding[] => {
    if (objective.use === 'weighted-sum') {
      const message =
        'a weighted sum within a weighted sum. Write its terms into the outer list, with their weights multiplied.';
      return [error('WEIGHTED_SUM_NESTED', `terms.${i}.objective`, message)];
    }
    if (weight !== 0) return [];
    const message = `${objective.use} has weight 0 and does not affect the loss. Remove the term or give it a weight.`;
    return [warning('WEIGHTED_SUM_ZERO', `terms.${i}.weight`, message)];
  });
}
