import { needsTargetViews, needsViews, warning, type Facts, type Finding } from '@carl-ssl/core';

/** Checks for known problems of Barlow Twins. */
export function checkBarlowTwins({ lambda }: { readonly lambda: number }, facts: Facts): Finding[] {
  const found = correlationAdvice('barlow-twins', facts);
  if (lambda === 0) {
    const message = 'at 0 all dimensions may become the same (collapse of dimensions). Usual: 0.005.';
    found.push(warning('BARLOW_TWINS_NO_REDUNDANCY', 'lambda', message));
  }
  if (facts.batchSize < 32) {
    const message = `correlations over ${facts.batchSize} images are mostly noise; the authors went down to 128 (github.com/facebookresearch/barlowtwins/issues/7). Raise trainer.batchSize.`;
    found.push(warning('BARLOW_TWINS_BATCH_SMALL', '', message));
  }
  return found;
}

/** Checks for known problems of VICReg. */
export function checkVicreg(
  { varianceWeight, invarianceWeight }: { readonly varianceWeight: number; readonly invarianceWeight: number },
  facts: Facts,
): Finding[] {
  const found = correlationAdvice('vicreg', facts);
  if (varianceWeight >= invarianceWeight) return found;
  const message = `below objective.invarianceWeight (${invarianceWeight}) embeddings collapse or come near it (arXiv 2105.04906, table 7). Make both the same.`;
  return [...found, warning('VICREG_VARIANCE_LOW', 'varianceWeight', message)];
}

/** Checks for known problems of TiCo. */
export function checkTico({ rho }: { readonly rho: number }, facts: Facts): Finding[] {
  const found = needsTargetViews('tico', facts);
  if (facts.views.length > 2) {
    const message = `tico uses one view and the teacher's output for one other; the rest of the ${facts.views.length} views is computed but not used. Make two views.`;
    found.push(warning('TICO_VIEWS_UNUSED', '', message));
  }
  if (rho > 0) return found;
  const message = 'at 0 nothing keeps embeddings apart. Usual: 8 (ResNet-50), 20 (arXiv 2206.10698).';
  return [...found, warning('TICO_NO_CONTRAST', 'rho', message)];
}

/** Checks for known problems of alignment and uniformity. */
export function checkUniformity({ uniformityWeight }: { readonly uniformityWeight: number }, facts: Facts): Finding[] {
  const found = [...needsViews('alignment-uniformity', facts), ...unusedTeacher('alignment-uniformity', facts)];
  if (uniformityWeight > 0) return found;
  const message = 'at 0 nothing keeps images apart and all become one (arXiv 2005.10242, figure 5). Usual: 1.';
  return [...found, warning('UNIFORMITY_OFF', 'uniformityWeight', message)];
}

/** Checks for known problems of the KoLeo term. */
export function checkKoleo({ uses }: Facts): Finding[] {
  if (uses.objective !== 'koleo') return [];
  const message =
    'koleo alone spreads images without making views alike, so it learns noise. Take `use: weighted-sum` with another objective and koleo at a weight of 0.1.';
  return [warning('KOLEO_ALONE', '', message)];
}

/** Checks for known problems of objectives on the correlations of the embeddings' dimensions. */
function correlationAdvice(use: string, facts: Facts): Finding[] {
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

/** A teacher costs a forward pass a step, also without an objective that uses it. */
function unusedTeacher(use: string, { uses }: Facts): Finding[] {
  if (uses.teacher === undefined) return [];
  return [warning('EMBEDDING_TEACHER_UNUSED', '', `${use} does not use a teacher. Remove \`teacher:\`.`)];
}
