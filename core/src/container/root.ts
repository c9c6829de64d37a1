import 'reflect-metadata';
import { Container, type ServiceIdentifier } from 'inversify';
import { singleProcess } from '../builtin/single-process.js';
import { Assigner } from '../contracts/assigner.js';
import { Augmenter } from '../contracts/augmenter.js';
import { Collective } from '../contracts/collective.js';
import { Components, type NestedOptions } from '../contracts/components.js';
import { Dataset } from '../contracts/dataset.js';
import { Encoder } from '../contracts/encoder.js';
import { Evaluator } from '../contracts/evaluator.js';
import { Head, Predictor } from '../contracts/head.js';
import { Objective } from '../contracts/objective.js';
import { Observer } from '../contracts/observer.js';
import { Optimizer } from '../contracts/optimizer.js';
import { Schedule } from '../contracts/schedule.js';
import { Teacher } from '../contracts/teacher.js';
import type { Plugin } from '../plugin/define.js';
import { slots, type Slot } from '../contracts/slots.js';
import type { Pipeline } from '../schema/skeleton.js';
import { seededStreams } from '../tensor/random.js';
import { definitionOf, factoryOf, moduleOf } from './components-module.js';
import { Streams } from '../contracts/random.js';

/** Finds the parts of a run by their contract. */
export interface Services {
  get<T>(token: ServiceIdentifier<T>): T;
  /** Undefined if the pipeline leaves this part out. */
  find<T>(token: ServiceIdentifier<T>): T | undefined;
  all<T>(token: ServiceIdentifier<T>): readonly T[];
}

/** Everything that holds for all runs: the factories of all components of the plugins. */
export function createRoot(plugins: readonly Plugin[]): Container {
  const root = new Container({ defaultScope: 'Singleton' });
  for (const plugin of plugins) root.load(moduleOf(plugin));
  root.bind(Collective).toConstantValue(singleProcess);
  root.bind(Components).toConstantValue(componentsOf(root));
  return root;
}

/** One child container a run: each part of the pipeline under its contract, made when it is first asked for. */
export function createRun(root: Container, pipeline: Pipeline): Services {
  const run = new Container({ parent: root, defaultScope: 'Singleton' });
  run.bind(Components).toConstantValue(componentsOf(run));
  run.bind(Streams).toConstantValue(seededStreams(pipeline.seed));
  const fill = <T>(slot: Slot<T>, options: NestedOptions | undefined, token = slot.token): void => {
    if (options)
      run.bind(token).toResolvedValue((components: Components) => components.create(slot, options), [Components]);
  };
  fill(slots.dataset, pipeline.data, Dataset);
  fill(slots.augmenter, pipeline.augmenter, Augmenter);
  fill(slots.encoder, pipeline.encoder, Encoder);
  fill(slots.head, pipeline.head, Head);
  fill(slots.head, pipeline.predictor, Predictor);
  fill(slots.assigner, pipeline.assigner, Assigner);
  fill(slots.objective, pipeline.objective, Objective);
  fill(slots.teacher, pipeline.teacher, Teacher);
  fill(slots.optimizer, pipeline.optimizer, Optimizer);
  fill(slots.schedule, pipeline.schedule, Schedule);
  for (const options of pipeline.evaluate) fill(slots.evaluator, options, Evaluator);
  for (const options of pipeline.observers) fill(slots.observer, options, Observer);
  return servicesOf(run);
}

/** Only this file and the modules see a container; the rest asks {@link Services} or {@link Components}. */
export function componentsOf(container: Container): Components {
  return {
    create: <T>(slot: Slot<T>, { use, ...options }: NestedOptions) =>
      container.get(factoryOf(slot.name, use))(Object.freeze(options)) as T,
    requires: (slot, { use, ...options }) => container.get(definitionOf(slot.name, use)).requires?.(options) ?? [],
  };
}

function servicesOf(container: Container): Services {
  return {
    get: token => container.get(token),
    find: token => (container.isBound(token) ? container.get(token) : undefined),
    all: token => (container.isBound(token) ? container.getAll(token) : []),
  };
}
