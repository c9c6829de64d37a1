import { usesOf } from './component-errors.js';
import type { PlacedComponent } from './components.js';
import { diagnose, type Diagnostic } from './diagnostic.js';
import type { Facts, Finding } from '../contracts/facts.js';
import { listed } from '../text/closest.js';
import { locate, locateKey } from './locate.js';
import { pathOf } from './origin.js';
import type { SlotKey, SlotName } from '../contracts/slots.js';
import type { Catalogue } from '../plugin/catalogue.js';
import type { Component } from '../plugin/define.js';
import { inOrder, refuseErrors } from './pipeline-error.js';
import type { Checked } from './loaded-pipeline.js';

/** Keys of a pipeline that provide a capability by being set, with the slot of each. */
function providingKeys({ slots }: Catalogue): readonly (SlotKey & { readonly slot: SlotName })[] {
  return slots.flatMap(({ name, keys = [] }) => keys.map(key => ({ ...key, slot: name }))).filter(key => key.provides);
}

/** Errors for capabilities that components of a valid pipeline require and none provides. */
export function checkRequirements(loaded: Checked): readonly Diagnostic[] {
  const { components } = loaded;
  const provided = providedBy(loaded);
  return components.flatMap(placed =>
    unmetRequirements(placed, provided).map(capability => unmet(placed, capability, loaded)),
  );
}

/**
 * What the components say of the pipeline as a whole in their own checks, in the order of the text.
 * Returns the warnings. @throws PipelineError with the errors, if there are any
 */
export function checkPipeline(loaded: Checked, facts: Facts): readonly Diagnostic[] {
  const diagnostics = loaded.components.flatMap(placed =>
    findings(placed, facts).map(finding => found(placed, finding, loaded)),
  );
  refuseErrors(diagnostics);
  return inOrder(diagnostics);
}

function providedBy({ pipeline, components, catalogue }: Checked): ReadonlySet<string> {
  const structural = providingKeys(catalogue).flatMap(({ key, provides }) =>
    provides && key in pipeline ? [provides] : [],
  );
  const own = components.flatMap(({ component, options }) => component?.provides?.(options) ?? []);
  return new Set<string>([...structural, ...own]);
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
  const providing = providingKeys(catalogue).find(({ provides }) => provides === capability);
  const inSlot = providing ? usesOf(providing.slot, catalogue) : [];
  if (providing)
    return `Add \`${providing.key}:\` ${inSlot.length > 0 ? `(${listed(inSlot)})` : 'from a plugin that has one'}.`;
  const having = catalogue.slots.flatMap(({ name }) =>
    catalogue.list(name).flatMap(one => provisions(one, capability)),
  );
  return having.length > 0 ? `Provided by ${having.join(', ')}.` : 'No component of the loaded plugins provides it.';
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
