import { needsViews, type Facts, type Finding } from '@carl-ssl/core';

export const warning = (code: string, path: string, message: string): Finding => ({
  severity: 'warning',
  code,
  path,
  message,
});

/** What goes wrong with objectives on the correlations of the embeddings' dimensions. */
export function correlationAdvice(use: string, facts: Facts): Finding[] {
  return [...needsViews(use, facts), ...narrow(use, facts), ...unusedTeacher(use, facts)];
}

function narrow(use: string, { uses, embeddingDim, featureDim }: Facts): Finding[] {
  if (uses.head === undefined) {
    const message = `${use} without \`head:\` forces the features themselves to be uncorrelated, which costs accuracy (arXiv 2206.13378). Add a projector of 3 layers, wider than the features.`;
    return [warning('CORRELATION_WITHOUT_PROJECTOR', '', message)];
  }
  if (embeddingDim >= featureDim) return [];
  const message =
    `embeddings of ${embeddingDim} dimensions are narrower than the features (${featureDim}); ${use} gains from wide ones ` +
    '(arXiv 2103.03230, figure 4; 2105.04906, table 12). Raise the `units` of head.layers.';
  return [warning('CORRELATION_NARROW', '', message)];
}

/** A teacher costs a forward pass a step, also where nobody listens to it. */
export function unusedTeacher(use: string, { uses }: Facts): Finding[] {
  if (uses.teacher === undefined) return [];
  return [warning('EMBEDDING_TEACHER_UNUSED', '', `${use} does not listen to a teacher. Remove \`teacher:\`.`)];
}
