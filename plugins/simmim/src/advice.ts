import { error, warning, type Facts, type Finding } from '@carl-ssl/core';
import type { Masking } from './masks.js';

/** Checks for known problems of predicting pixels. */
export function checkSimmim(o: Masking, facts: Facts): Finding[] {
  return [...checkOutputs(facts), ...checkParts(facts), ...checkMasks(o, facts)];
}

/** Pixels along the side of a patch, if the encoder has an option of this name. */
function patchSide({ components }: Facts): number | undefined {
  const side = components?.encoder?.patchSize;
  return typeof side === 'number' ? side : undefined;
}

function checkOutputs(facts: Facts): Finding[] {
  const { embeddingDim, channels = 3 } = facts;
  const side = patchSide(facts);
  if (side === undefined || embeddingDim % side ** 2 === 0) return [];
  const wanted = side ** 2 * channels;
  const message = `the head predicts ${embeddingDim} values for each patch, but a patch of ${side} x ${side} pixels with ${channels} channels has ${wanted}. The last layer must have ${wanted} units: head: { use: mlp-head, layers: [{ units: ${wanted} }] }.`;
  return [error('SIMMIM_HEAD_WIDTH', '', message)];
}

function checkParts({ uses, provided }: Facts): Finding[] {
  if (uses.objective === 'weighted-sum' && provided?.has('assignments')) {
    const message =
      'simmim predicts pixels from embeddings of patches, but with an assigner in a weighted sum patches are assigned to prototypes. Remove `assigner` and the terms that need it.';
    return [error('SIMMIM_WITH_ASSIGNER', '', message)];
  }
  if (uses.objective !== 'simmim') return [];
  const unused = ['teacher', 'predictor'].filter(key => uses[key] !== undefined);
  if (unused.length === 0) return [];
  const message = `simmim does not use ${unused.map(key => `\`${key}\``).join(' and ')}. Remove ${unused.length > 1 ? 'them' : 'it'} to save time.`;
  return [warning('SIMMIM_UNUSED', '', message)];
}

function checkMasks({ maskRatio, maskSize }: Masking, facts: Facts): Finding[] {
  const side = patchSide(facts);
  const view = facts.views.find(({ kind }) => kind === 'global');
  if (side === undefined || !view) return [];
  const squares = [view.height, view.width].map(length => Math.ceil(length / side / maskSize));
  const all = squares[0] * squares[1];
  if (Math.ceil(all * maskRatio) < all) return [];
  const message = `every square of ${maskSize} x ${maskSize} patches is masked, and nothing is left to predict them from. Lower maskSize or maskRatio.`;
  return [error('SIMMIM_MASKS_EVERYTHING', 'maskSize', message)];
}
