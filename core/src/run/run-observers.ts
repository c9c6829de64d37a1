import { indexedComponents } from '../catalogue/first-party.js';
import { Components, type NestedOptions } from '../contracts/components.js';
import { Observer } from '../contracts/observer.js';
import { slots } from '../contracts/slots.js';
import { CarlError } from '../errors/carl-error.js';
import type { Catalogue } from '../plugin/catalogue.js';
import { isOutsidePlugin } from '../plugin/plugin-calls.js';
import { completeOptions } from '../schema/component-options.js';
import { closest } from '../text/closest.js';
import { namedObservers, Observers, type NamedObserver } from '../train/observers.js';
import type { Experiment } from './experiment.js';

/** Observers that are not part of the pipeline. */
export interface FurtherObservers {
  readonly observers: readonly Observer[];
  /** Components of the catalogue's slot `observer`, as `--observer` names them. */
  readonly components?: readonly NestedOptions[];
}

/**
 * The observers of a run: those given, then those of its pipeline, then further components.
 * @param warn gets one message for each observer that is switched off
 * @throws CarlError INPUT_ARGUMENT if a further component does not exist or its options are wrong
 */
export function runObservers(
  { services, pipeline, loaded }: Pick<Experiment, 'services' | 'pipeline' | 'loaded'>,
  { observers, components = [] }: FurtherObservers,
  warn: (message: string) => void,
): Observers {
  const listed = services.all(Observer).map((observer, i): NamedObserver => ({
    ...nameOf(pipeline.observers[i], loaded.catalogue),
    observer,
  }));
  const further = components.map((options): NamedObserver => ({
    ...nameOf(options, loaded.catalogue),
    observer: services.get(Components).create(slots.observer, complete(options, loaded.catalogue)),
  }));
  return new Observers([...namedObservers(observers), ...listed, ...further], warn);
}

/** Checks further components before the data are opened. @throws CarlError INPUT_ARGUMENT */
export function checkFurtherObservers(components: readonly NestedOptions[], catalogue: Catalogue): void {
  for (const options of components) complete(options, catalogue);
}

function nameOf({ use }: NestedOptions, catalogue: Catalogue): Omit<NamedObserver, 'observer'> {
  const component = catalogue.get('observer', use);
  const owner = component && catalogue.owner(component);
  return { name: use, ...(owner && isOutsidePlugin(owner.path) && { plugin: owner.name }) };
}

function complete(options: NestedOptions, catalogue: Catalogue): NestedOptions {
  const { use } = options;
  if (catalogue.get('observer', use)) return completeOptions(catalogue, 'observer', options);
  const loaded = catalogue.list('observer').map(component => component.use);
  const own = indexedComponents.filter(({ slot }) => slot === 'observer').map(one => one.use);
  const uses = [...new Set([...loaded, ...own])];
  const near = closest(use, uses);
  const advice = near === undefined ? `Observers: ${uses.join(', ')}.` : `Did you mean \`${near}\`?`;
  throw new CarlError('INPUT_ARGUMENT', `there is no observer \`${use}\`. ${advice}`);
}

/** Runs work and then closes the observers with the status of its result, or as failed with its error. */
export async function closing<T extends { readonly status: 'finished' | 'interrupted' }>(
  observers: Observers,
  work: () => Promise<T>,
): Promise<T> {
  const result = await work().catch(async (error: unknown) => {
    await observers.close('failed', error);
    throw error;
  });
  await observers.close(result.status);
  return result;
}
