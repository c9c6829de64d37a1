import { ContainerModule, type ServiceIdentifier } from '#inversify';
import type { Catalogue } from '../plugin/catalogue.js';
import type { Component, Plugin } from '../plugin/define.js';
import type { SlotName } from '../contracts/slots.js';

/** Makes a component of one kind from its validated options; its dependencies are already injected. */
export type ComponentFactory = (options: Readonly<Record<string, unknown>>) => unknown;

/** The container's identifier of the factory of a component. */
export function factoryOf(slot: SlotName, use: string): ServiceIdentifier<ComponentFactory> {
  return Symbol.for(`carl-ssl.component.${slot}.${use}`);
}

/** The container's identifier of a component as its plugin defined it. */
export function definitionOf(slot: SlotName, use: string): ServiceIdentifier<Component> {
  return Symbol.for(`carl-ssl.definition.${slot}.${use}`);
}

/** One module per plugin: a factory for each of its components that the catalogue has, with the component's injections. */
export function moduleOf(plugin: Plugin, catalogue: Catalogue): ContainerModule {
  return new ContainerModule(({ bind }) => {
    const components = plugin.components as readonly Component[];
    for (const component of components.filter(one => catalogue.get(one.slot.name, one.use) === one)) {
      bind(definitionOf(component.slot.name, component.use)).toConstantValue(component);
      const inject = Object.entries(component.inject ?? {});
      const makeFactory = (...services: unknown[]): ComponentFactory => {
        const dependencies = Object.fromEntries(inject.map(([name], i) => [name, services[i]]));
        return options => component.create(options, dependencies as never);
      };
      // Not a singleton: it would keep the streams of the first run for all later ones.
      bind(factoryOf(component.slot.name, component.use))
        .toResolvedValue(makeFactory, inject.map(([, id]) => id) as never)
        .inTransientScope();
    }
  });
}
