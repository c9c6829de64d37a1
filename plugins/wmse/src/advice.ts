import { counted, error, needsViews, warning, type Facts, type Finding } from '@carl-ssl/core';

export interface WmseSettings {
  readonly groupSize: number;
}

/** Size and number of the groups of a batch. Images that do not fill a group are left out of it. */
export function groupsOf(groupSize: number, batchSize: number): { readonly size: number; readonly count: number } {
  const size = Math.min(groupSize, batchSize);
  return { size, count: Math.floor(batchSize / size) };
}

/** Checks for known problems of W-MSE. */
export function checkWmse({ groupSize }: WmseSettings, facts: Facts): Finding[] {
  return [...needsViews('w-mse', facts), ...checkGroups(groupSize, facts), ...unusedTeacher(facts)];
}

function checkGroups(groupSize: number, { batchSize, embeddingDim }: Facts): Finding[] {
  const { size, count } = groupsOf(groupSize, batchSize);
  if (size <= embeddingDim) {
    const message =
      `${size} images cannot be whitened in ${embeddingDim} dimensions: their covariance has no inverse. Make the embeddings ` +
      `narrower (\`units\` of the last of head.layers), or raise objective.groupSize and trainer.batchSize above ${embeddingDim}.`;
    return [error('WMSE_GROUP_TOO_SMALL', 'groupSize', message)];
  }
  const found: Finding[] = [];
  if (size < 2 * embeddingDim) {
    const message = `the covariance of ${embeddingDim} dimensions is uncertain over ${size} images; the authors take twice as many images as dimensions (arXiv 2007.06346, section 4).`;
    found.push(warning('WMSE_GROUP_SMALL', 'groupSize', message));
  }
  const left = batchSize - size * count;
  if (left > 0) {
    const message = `${counted(left, 'image')} of each batch of ${batchSize} ${left === 1 ? 'is' : 'are'} in no group of ${size} and left out. Choose a divisor of trainer.batchSize.`;
    found.push(warning('WMSE_IMAGES_LEFT_OUT', 'groupSize', message));
  }
  return found;
}

/** A teacher costs a forward pass a step, also without an objective that uses it. */
function unusedTeacher({ uses }: Facts): Finding[] {
  if (uses.teacher === undefined) return [];
  return [warning('WMSE_TEACHER_UNUSED', '', 'w-mse does not use a teacher. Remove `teacher:`.')];
}
