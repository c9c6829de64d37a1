import { Container, type ServiceIdentifier } from '#inversify';
import { singleProcess } from '../builtin/single-process.js';
import { Collective } from '../contracts/collective.js';
import { Components, type NestedOptions } from '../contracts/components.js';
import { Streams } from '../contracts/random.js';
import type { Slot } from '../contracts/slots.js';
import type { Catalogue } from '../plugin/catalogue.js';
import type { Pipeline } from '../schema/skeleton.js';
import { seededStreams } from '../tensor/random.js';
import { definitionOf, factoryOf, moduleOf } from './components-module.js';
import { CreationError } from './creation-error.js';

/** Finds the parts of a run by the token of their contract. */
export interface Services {
  get<T>(token: ServiceIdentifier<T>): T;
  /** Undefined if the pipeline leaves this part out. */
  find<T>(token: ServiceIdentifier<T>): T | undefined;
  all<T>(token: ServiceIdentifier<T>): readonly T[];
}

/** Factories of all components of a catalogue, for every run. */
export function createRoot(catalogue: Catalogue): Container {
  const root = new Container({ defaultScope: 'Singleton' });
  for (const { plugin } of catalogue.plugins) root.load(moduleOf(plugin, catalogue));
  root.bind(Collective).toConstantValue(singleProcess);
  root.bind(Components).toConstantValue(componentsOf(root));
  return root;
}

/**
 * Wires a pipeline in a container of its own: every key that takes components is bound under its contract and created
 * on first use.
 * @param collective collective of the worker that runs the pipeline; without one, a single process
 */
export function wirePipeline(pipeline: Pipeline, catalogue: Catalogue, collective?: Collective): Services {
  const root = createRoot(catalogue);
  const run = new Container({ parent: root, defaultScope: 'Singleton' });
  run.bind(Components).toConstantValue(componentsOf(run));
  if (collective) run.bind(Collective).toConstantValue(collective);
  run.bind(Streams).toConstantValue(seededStreams(pipeline.seed));
  for (const slot of catalogue.slots.filter(({ name }) => name !== 'backend')) {
    for (const { key, token = slot.token } of slot.keys ?? []) {
      const value = (pipeline as unknown as Readonly<Record<string, NestedOptions | readonly NestedOptions[]>>)[key];
      for (const options of [value ?? []].flat() as readonly NestedOptions[])
        run.bind(token).toResolvedValue((components: Components) => components.create(slot, options), [Components]);
    }
  }
  return servicesOf(run);
}

/** Only this file and the modules use the container; all other code uses {@link Services} or {@link Components}. */
export function componentsOf(container: Container): Components {
  return {
    create: <T>(slot: Slot<T>, nested: NestedOptions) => {
      const { use, ...options } = nested;
      try {
        return container.get(factoryOf(slot.name, use))(Object.freeze(options)) as T;
      } catch (error) {
        throw error instanceof CreationError ? error : new CreationError(nested, error);
      }
    },
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
