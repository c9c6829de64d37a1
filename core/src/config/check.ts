import { listComponents, type PlacedComponent } from './components.js';
import { diagnose, type Diagnostic } from './diagnostic.js';
import type { Facts, Finding } from '../contracts/facts.js';
import { listed } from '../text/closest.js';
import { locate, locateKey } from './locate.js';
import { pathOf } from './origin.js';
import { slotNames, type Catalogue } from '../plugin/catalogue.js';
import type { Component } from '../plugin/define.js';
import type { Pipeline } from '../schema/skeleton.js';
import { inOrder, refuseErrors } from './pipeline-error.js';
import type { Checked } from './loaded-pipeline.js';
import { temperatureTwice, withAssignerTemperature } from './temperature-check.js';

/** Keys of a pipeline that provide something by being there. */
const STRUCTURAL = { assignments: 'assigner', teacher: 'teacher', predictor: 'predictor' } as const;

/** What components of a valid pipeline require and nothing in it provides. */
export function checkRequirements(loaded: Checked): readonly Diagnostic[] {
  const components = listComponents(loaded.pipeline, loaded.catalogue);
  const provided = providedBy(loaded.pipeline, components);
  return components.flatMap(placed =>
    unmetRequirements(placed, provided).map(capability => unmet(placed, capability, loaded)),
  );
}

/**
 * What the components say of the pipeline as a whole in their own checks, in the order of the text.
 * Returns the warnings. @throws PipelineError with the errors, if there are any
 */
export function checkPipeline(loaded: Checked, facts: Facts): readonly Diagnostic[] {
  const components = listComponents(loaded.pipeline, loaded.catalogue);
  const known = withAssignerTemperature(facts, components);
  const diagnostics = components.flatMap(placed =>
    [...findings(placed, known), ...temperatureTwice(placed, known)].map(finding => found(placed, finding, loaded)),
  );
  refuseErrors(diagnostics);
  return inOrder(diagnostics);
}

function providedBy(pipeline: Pipeline, components: readonly PlacedComponent[]): ReadonlySet<string> {
  const structural = Object.entries(STRUCTURAL).filter(([, key]) => pipeline[key] !== undefined);
  const own = components.flatMap(({ component, options }) => component?.provides?.(options) ?? []);
  return new Set([...structural.map(([capability]) => capability), ...own]);
}

function unmetRequirements({ component, options }: PlacedComponent, provided: ReadonlySet<string>): readonly string[] {
  return (component?.requires?.(options) ?? []).filter(capability => !provided.has(capability));
}

function unmet({ path, slot, use }: PlacedComponent, capability: string, { catalogue, document }: Checked): Diagnostic {
  const message = `The ${slot} \`${use}\` requires ${listed([capability])}, which nothing in this pipeline provides.`;
  return diagnose(locate(document, [...path, 'use']), {
    code: 'REQUIREMENT_MISSING',
    message,
    remedy: providers(capability, catalogue),
    path,
  });
}

function providers(capability: string, catalogue: Catalogue): string {
  const key = Object.hasOwn(STRUCTURAL, capability) ? STRUCTURAL[capability as keyof typeof STRUCTURAL] : undefined;
  const slot = key === 'predictor' ? 'head' : key;
  const inSlot = slot ? catalogue.list(slot).map(component => component.use) : [];
  if (key) return `Add \`${key}:\` ${inSlot.length > 0 ? `(${listed(inSlot)})` : 'from a plugin that has one'}.`;
  const having = slotNames.flatMap(name => catalogue.list(name).flatMap(one => provisions(one, capability)));
  return having.length > 0 ? `Provided by ${having.join(', ')}.` : 'No component of the listed plugins provides it.';
}

/** How a component provides a capability: with its defaults, or with one of its switches turned. */
function provisions({ slot, use, options, provides }: Component, capability: string): readonly string[] {
  const properties: Readonly<Record<string, { readonly default?: unknown }>> = options.properties;
  const defaults = Object.fromEntries(Object.entries(properties).map(([key, option]) => [key, option.default]));
  const does = (changed: object) => attempt(() => provides?.({ ...defaults, ...changed })).includes(capability);
  if (does({})) return [`the ${slot.name} \`${use}\``];
  const switches = Object.keys(defaults).filter(key => typeof defaults[key] === 'boolean');
  const turned = switches.find(key => does({ [key]: defaults[key] !== true }));
  return turned === undefined
    ? []
    : [`the ${slot.name} \`${use}\` with \`${turned}: ${String(defaults[turned] !== true)}\``];
}

/** Required options have no default, so a component may be unable to tell. */
function attempt(provided: () => readonly string[] | undefined): readonly string[] {
  try {
    return provided() ?? [];
  } catch {
    return [];
  }
}

function findings({ component, options }: PlacedComponent, facts: Facts): readonly Finding[] {
  return component?.check?.(options, facts) ?? [];
}

function found({ path, slot, use }: PlacedComponent, finding: Finding, { document }: Checked): Diagnostic {
  const { severity, code, message } = finding;
  const about = [...path, ...pathOf(finding.path)];
  const place = finding.path === '' ? locate(document, [...path, 'use']) : locateKey(document, about);
  return diagnose(place, { severity, code, message: `${slot} \`${use}\`: ${message}`, path: about });
}
