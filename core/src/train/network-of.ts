import { Assigner } from '../contracts/assigner.js';
import { Collective } from '../contracts/collective.js';
import { Encoder } from '../contracts/encoder.js';
import { Head, Predictor } from '../contracts/head.js';
import { Objective } from '../contracts/objective.js';
import { Optimizer } from '../contracts/optimizer.js';
import { Teacher } from '../contracts/teacher.js';
import { objectivesOf } from '../config/components.js';
import type { LoadedPipeline } from '../config/loaded-pipeline.js';
import { overSegments } from '../maths/segments.js';
import type { Network } from './network.js';

/**
 * The network that the components of a pipeline are wired to. Its objective takes assignments if it, or a term of it,
 * requires them, and is computed once for each set of prototypes.
 */
export function networkOf({ components, services }: Pick<LoadedPipeline, 'components' | 'services'>): Network {
  const requires = objectivesOf(components).flatMap(({ component, options }) => component?.requires?.(options) ?? []);
  const objectiveTakesAssignments = requires.includes('assignments');
  const assigner = services.find(Assigner);
  return {
    encoder: services.get(Encoder),
    head: services.find(Head),
    predictor: services.find(Predictor),
    assigner,
    objective: overSegments(services.get(Objective), objectiveTakesAssignments ? assigner?.segments : undefined),
    objectiveTakesAssignments,
    teacher: services.find(Teacher),
    optimizer: services.get(Optimizer),
    collective: services.get(Collective),
  };
}
