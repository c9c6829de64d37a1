import { needsTargetViews, warning, type Facts, type Finding } from '@carl-ssl/core';

/** Checks for known problems of LeJEPA. */
export function checkLejepa({ lambda }: { readonly lambda: number }, facts: Facts): Finding[] {
  return [...needsTargetViews('lejepa', facts), ...checkLambda(lambda, facts), ...unusedTeacher(facts)];
}

function checkLambda(lambda: number, { uses }: Facts): Finding[] {
  if (lambda === 0) {
    const message = 'at 0 nothing keeps embeddings apart and all become one. Usual: 0.01 to 0.1 (arXiv 2511.08544).';
    return [warning('LEJEPA_NO_SIGREG', 'lambda', message)];
  }
  if (lambda < 1 || uses.objective !== 'lejepa') return [];
  const message =
    'at 1 views are not made alike, so that the network learns noise. Usual: 0.01 to 0.1; 1 is for a term of a `weighted-sum`.';
  return [warning('LEJEPA_NO_PREDICTION', 'lambda', message)];
}

/** A teacher costs a forward pass a step, also without an objective that uses it. */
function unusedTeacher({ uses }: Facts): Finding[] {
  if (uses.teacher === undefined) return [];
  return [warning('LEJEPA_TEACHER_UNUSED', '', 'lejepa does not use a teacher. Remove `teacher:`.')];
}
