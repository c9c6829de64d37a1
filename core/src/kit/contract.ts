import { componentsOf, createRoot } from '../container/root.js';
import { deepFreeze } from '../config/freeze.js';
import { CarlError } from '../errors/carl-error.js';
import { catalogueOf, type Catalogue } from '../plugin/catalogue.js';
import { checkPlugin } from '../plugin/contract.js';
import type { Component, Plugin } from '../plugin/define.js';
import type { BuiltinSlotName, Slot } from '../contracts/slots.js';
import { completeOptions } from '../schema/component-options.js';
import { assignerRules } from './assigner-rules.js';
import { augmentationRules, augmenterRules } from './augmentation-rules.js';
import { backendRules, collectiveRules } from './backend-rules.js';
import { componentRules } from './component-rules.js';
import { datasetRules } from './dataset-rules.js';
import { evaluatorRules } from './evaluator-rules.js';
import { metricRules } from './metric-rules.js';
import { encoderRules, headRules } from './module-rules.js';
import { objectiveRules } from './objective-rules.js';
import { observerRules } from './observer-rules.js';
import { optimizerRules } from './optimizer-rules.js';
import { streams } from './probe.js';
import { readerRules } from './reader-rules.js';
import type { Example, Rule, Subject } from './rule.js';
import { scheduleRules, teacherRules } from './schedule-rules.js';
import { Streams } from '../contracts/random.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- rules of all slots side by side */
const RULES: Readonly<Record<BuiltinSlotName, readonly Rule<any>[]>> = {
  assigner: assignerRules,
  augmentation: augmentationRules,
  augmenter: augmenterRules,
  backend: backendRules,
  collective: collectiveRules,
  dataset: datasetRules,
  encoder: encoderRules,
  evaluator: evaluatorRules,
  exporter: [],
  head: headRules,
  metric: metricRules,
  objective: objectiveRules,
  observer: observerRules,
  optimizer: optimizerRules,
  reader: readerRules,
  schedule: scheduleRules,
  teacher: teacherRules,
};
/* eslint-enable @typescript-eslint/no-explicit-any */

/** Examples and plugins that the kit needs to test the components of a plugin. */
export interface Trials {
  /** Examples by slot and name, `head mlp-head`. A component without examples is tested with its defaults. */
  readonly examples?: Readonly<Record<string, readonly Example[]>>;
  /** Plugins with components that are nested in the options of this plugin's components. */
  readonly beside?: readonly Plugin[];
}

/** One rule for one component with one set of options. */
export interface Clause {
  /** `head mlp-head`. */
  readonly component: string;
  /** The options of the example as JSON; empty for defaults. */
  readonly options: string;
  readonly rule: string;
  /** Returns all problems, one sentence each. */
  readonly check: () => Promise<readonly string[]>;
}

/** All clauses of the contract for all components of a plugin, not yet checked. @throws CarlError PLUGIN_CONTRACT if it is not a plugin */
export function contractOf(plugin: Plugin, { examples = {}, beside = [] }: Trials = {}): readonly Clause[] {
  checkPlugin(plugin.name, plugin);
  const plugins = [...new Set([plugin, ...beside])];
  const catalogue = catalogueOf(plugins);
  return (plugin.components as readonly Component[]).flatMap(component => {
    const label = `${component.slot.name} ${component.use}`;
    return (examples[label] ?? [{}]).flatMap(example => clausesOf(component, { label, example, catalogue }));
  });
}

interface Case {
  readonly label: string;
  readonly example: Example;
  readonly catalogue: Catalogue;
}

function clausesOf(component: Component, { label, example, catalogue }: Case): Clause[] {
  const rules = [...componentRules, ...rulesOf(component.slot)];
  const options = example.options ? JSON.stringify(example.options) : '';
  return rules.map(({ name, check }) => ({
    component: label,
    options,
    rule: name,
    check: async () => check(subjectOf(component, { label, example, catalogue })),
  }));
}

/** The rules for a slot: the kit's, or those that a plugin defines with its slot. */
function rulesOf({ name, rules = [] }: Slot<unknown>): readonly Rule<unknown>[] {
  if (Object.hasOwn(RULES, name)) return RULES[name as BuiltinSlotName];
  return rules.map(rule => ({ name: rule.name, check: ({ make }) => rule.check(make()) }));
}

function subjectOf(component: Component, { label, example, catalogue }: Case): Subject<unknown> {
  const { use: _use, ...options } = complete(component, { label, example, catalogue });
  const root = createRoot(catalogue);
  root.bind(Streams).toConstantValue(streams);
  const components = componentsOf(root);
  const makeWith = (changed: Readonly<Record<string, unknown>>): unknown =>
    components.create(component.slot, deepFreeze({ ...changed, use: component.use }));
  return { component, example, options, make: () => makeWith(options), makeWith };
}

function complete({ use, slot, options }: Component, { label, example, catalogue }: Case) {
  try {
    return completeOptions(catalogue, slot.name, { use, ...structuredClone(example.options) });
  } catch (cause) {
    const properties = (options.properties ?? {}) as Readonly<Record<string, { readonly default?: unknown }>>;
    const required = ((options.required ?? []) as readonly string[]).filter(name => !('default' in properties[name]));
    if (example.options || required.length === 0) throw cause;
    const message = `${label} cannot be made from its defaults, it needs ${required.join(', ')}: give examples['${label}'] = [{ options: { ... } }]`;
    throw new CarlError('PLUGIN_CONTRACT', message, { cause });
  }
}
