import { Assigner } from '../contracts/assigner.js';
import { Collective } from '../contracts/collective.js';
import { Encoder } from '../contracts/encoder.js';
import { Head, Predictor } from '../contracts/head.js';
import { Objective } from '../contracts/objective.js';
import { Optimizer } from '../contracts/optimizer.js';
import { Teacher } from '../contracts/teacher.js';
import type { Services } from '../container/root.js';
import { overSegments } from '../maths/segments.js';
import type { Network } from './network.js';

/** The network that a run's container wires; its objective is computed once for each set of prototypes. */
export function networkOf(services: Services, objectiveTakesAssignments: boolean): Network {
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
