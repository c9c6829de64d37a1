import type { Scalar } from '@tensorflow/tfjs-core';

/**
 * Reports a scalar of the current step under any name. Scalars of the student appear in `metrics.jsonl` and in
 * `StepReport.notes` as `<part>.<name>`, averaged over the calls of a step; everywhere else they are discarded. The
 * tensor is borrowed.
 * @throws CarlError PLUGIN_CONTRACT for a tensor that is not a scalar, and for a name used twice in one call
 */
export type Note = (name: string, value: Scalar) => void;

/** For passes that report nothing: the teacher, evaluation, recomputation. */
export const discardNote: Note = () => undefined;
