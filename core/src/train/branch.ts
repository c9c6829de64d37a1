import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { TensorMap } from '../contracts/state.js';
import type { StepContext } from '../contracts/step-context.js';
import { noteOf } from '../tensor/notes.js';
import { embed, together, type EmbedInput } from './embed.js';
import type { Network } from './network.js';

/** Input of the student or the teacher. */
export interface BranchInput extends EmbedInput {
  /** Buffers of the assigner; for the student also the teacher's embeddings, see `Assigner.assign`. */
  readonly state: TensorMap;
  readonly context: StepContext;
}

/** Results of a forward pass, one tensor a view. */
export interface Branch {
  /** h [B, D]. */
  readonly features: readonly Tensor2D[];
  /** z [B, E]. */
  readonly embeddings: readonly Tensor2D[];
  /** [B, E], the embeddings themselves where no predictor runs. */
  readonly predictions: readonly Tensor2D[];
  /** [B, K] of the predictions; empty without an assigner. */
  readonly logits: readonly Tensor2D[];
  /** q [B, K] of the views that the assigner gives a code. */
  readonly codes: readonly Tensor2D[];
  /** New values of the assigner's buffers. */
  readonly nextState: TensorMap;
  /** Masked patches, [M, K] for an objective that requires assignments, else [M, E]. */
  readonly masked?: Tensor2D;
  /** Embeddings [B, T, E] of all patches, one tensor for each of `patchViews`. */
  readonly patches?: readonly Tensor3D[];
}

/** Runs the student or the teacher: views -> features -> embeddings -> predictions -> assignments. */
export function runBranch(network: Network, input: BranchInput): Branch {
  const { features, embeddings, tokens, patches } = embed(network, input);
  const predictions = input.learns ? predict(network, embeddings, input) : embeddings;
  const { assigned, nextState } = assign(network, predictions, input);
  return {
    features,
    embeddings,
    predictions,
    logits: assigned.map(({ logits }) => logits),
    codes: assigned.flatMap(({ code }) => code ?? []),
    nextState,
    ...(tokens && { masked: scored(network, tokens, input) }),
    ...(patches && { patches }),
  };
}

function predict({ predictor }: Network, embeddings: readonly Tensor2D[], input: BranchInput): readonly Tensor2D[] {
  if (!predictor) return embeddings;
  const run = (z: Tensor2D): Tensor2D =>
    predictor.forward(z, { ...input.passes.predictor, note: noteOf(input.notes, 'predictor') });
  return input.forward === 'joint' ? together(embeddings, run) : embeddings.map(run);
}

type Assignment = ReturnType<NonNullable<Network['assigner']>['assign']>;

function assign({ assigner }: Network, rows: readonly Tensor2D[], input: BranchInput): Required<Assignment> {
  const note = noteOf(input.notes, 'assigner');
  const { passes, state, context } = input;
  const assignment = assigner?.assign(rows, { ...passes.prototypes, note }, state, { ...context, note });
  return { assigned: assignment?.assigned ?? [], nextState: assignment?.nextState ?? {} };
}

/** Outputs of the branch for patches: logits if the objective requires assignments, else embeddings. The assigner's buffers do not change. */
function scored(network: Network, tokens: Tensor2D, input: BranchInput): Tensor2D {
  if (!network.assigner || !network.objectiveTakesAssignments) return tokens;
  return assign(network, [tokens], { ...input, notes: undefined }).assigned[0].logits;
}
