import { objectivesOf } from '../config/components.js';
import type { LoadedPipeline } from '../config/loaded-pipeline.js';
import { MismatchError } from '../config/mismatch-error.js';
import type { NetworkName } from '../evaluate/results.js';

/**
 * The network whose encoder is evaluated; undefined where the pipeline has no teacher, and so only one network. `auto` is the
 * teacher where the objective, or a term of it, declares that its papers evaluate the teacher.
 * @throws MismatchError if the pipeline asks for a teacher that it does not have
 */
export function judgedNetwork(
  loaded: LoadedPipeline,
  choice = loaded.pipeline.evaluation.network,
): NetworkName | undefined {
  if (loaded.pipeline.teacher) return choice === 'auto' ? networkOfPapers(loaded) : choice;
  if (choice !== 'teacher') return undefined;
  throw new MismatchError(
    ['evaluation', 'network'],
    'The teacher is to be evaluated, but the pipeline has no `teacher`.',
    'Add `teacher:`, or evaluate the student.',
  );
}

function networkOfPapers({ components }: LoadedPipeline): NetworkName {
  return objectivesOf(components).some(({ component }) => component?.judges === 'teacher') ? 'teacher' : 'student';
}
