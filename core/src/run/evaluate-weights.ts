import { dirname, resolve } from 'node:path';
import { tmpdir } from 'node:os';
import { activateBackend } from '../backend/activate.js';
import type { LoadedPipeline } from '../config/loaded-pipeline.js';
import { CarlError } from '../errors/carl-error.js';
import type { Results } from '../evaluate/results.js';
import { Observers, namedObservers } from '../train/observers.js';
import { checkInitialWeights } from './check-initial-weights.js';
import { checkSplits } from './check-splits.js';
import { currentLock } from './current-lock.js';
import type { EvaluationSession, EvaluationSessionListeners } from './evaluate-session.js';
import { evaluateSubjects } from './evaluate-subjects.js';
import { evaluationBasis } from './evaluation-basis.js';
import { evaluationSubjects } from './evaluation-subjects.js';
import { checkEvaluation, openExperiment } from './open-pipeline.js';
import { namedResultsFile, newestResults, noStore } from './results-store.js';
import { withResultsLock } from './training-lock.js';

/**
 * Evaluates the weights of a pipeline's `initialWeights` with its encoder, data and evaluators, without training. The
 * baseline `untrained` has random weights.
 * @param out file of the results; without it they are not kept
 * @throws CarlError
 */
export async function evaluateWeights(
  loaded: LoadedPipeline,
  out: string | undefined,
  listeners: EvaluationSessionListeners,
): Promise<EvaluationSession> {
  const backend = await activateBackend(loaded.pipeline.backend, loaded.catalogue);
  const experiment = await openExperiment(loaded, 'evaluation');
  const { initial } = experiment;
  if (!initial) throw new CarlError('INPUT_ARGUMENT', 'No weights were given.');
  const found = checkEvaluation(experiment, ['augmenter', 'evaluate']);
  listeners.onWarnings([...loaded.warnings, ...found, ...checkSplits(experiment), ...checkInitialWeights(experiment)]);
  const head = { step: 0, weights: initial.path };
  const lock = await currentLock({ ...experiment, initial: undefined }, backend);
  const observers = new Observers(namedObservers(listeners.observers), message => listeners.onObserverFailure(message));
  const { onUnwritten, onEarlier, recompute } = listeners;
  const work = (): Promise<Results> =>
    listeners.evaluate(async signal =>
      evaluateSubjects(experiment, {
        ...{ observers, signal, onUnwritten, onEarlier, recompute },
        subjects: evaluationSubjects(
          { ...experiment, initial: undefined },
          { tensors: { ...initial.others, ...initial.tensors }, source: initial.path },
          head,
        ),
        head,
        basis: await evaluationBasis(experiment.pipeline, { lock, weights: initial.sha256 }),
        folder: out === undefined ? tmpdir() : dirname(resolve(out)),
        store: out === undefined ? noStore : namedResultsFile(out),
      }),
    );
  const results = out === undefined ? await work() : await withResultsLock(out, work);
  return { results, ...(out !== undefined && { file: newestResults(out) }) };
}
