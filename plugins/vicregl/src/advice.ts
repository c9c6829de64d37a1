import { error, globalViews, warning, type Facts, type Finding } from '@carl-ssl/core';

export interface VicreglSettings {
  readonly alpha: number;
  readonly invarianceWeight: number;
  readonly varianceWeight: number;
}

/** Checks for known problems of VICReg between patches. */
export function checkVicregl(o: VicreglSettings, { views, uses }: Facts): Finding[] {
  const found: Finding[] = [];
  if (globalViews(views).length < 2) {
    const message = 'vicregl compares patches of global views: the augmenter must make at least 2 of them.';
    found.push(error('VICREGL_NEEDS_GLOBAL_VIEWS', '', message));
  }
  if (o.alpha === 1) {
    const message = 'the local loss has weight 0. `vicreg` does the same and computes no patches; or lower alpha.';
    found.push(warning('VICREGL_GLOBAL_ONLY', 'alpha', message));
  }
  if (o.varianceWeight < o.invarianceWeight) {
    const message = `below invarianceWeight ${o.invarianceWeight}, nothing may keep the embeddings apart. Set both to 25, as in the paper.`;
    found.push(warning('VICREGL_VARIANCE_LOW', 'varianceWeight', message));
  }
  if (uses.objective === 'vicregl' && uses.teacher !== undefined) {
    const message = 'vicregl does not use `teacher`. Remove it to save time.';
    found.push(warning('VICREGL_TEACHER_UNUSED', '', message));
  }
  return found;
}
