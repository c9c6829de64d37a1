import { usesOf } from './component-errors.js';
import type { PlacedComponent } from './components.js';
import { diagnose, type Diagnostic } from './diagnostic.js';
import { warning, type Facts, type Finding } from '../contracts/facts.js';
import { listed } from '../text/closest.js';
import { locate, locateKey } from './locate.js';
import { pathText } from './node.js';
import { pathOf } from './origin.js';
import type { Capability } from '../contracts/capability.js';
import type { NestedOptions } from '../contracts/nested-options.js';
import type { SlotKey, SlotName } from '../contracts/slots.js';
import type { Catalogue } from '../plugin/catalogue.js';
import type { Component } from '../plugin/define.js';
import { inOrder, refuseErrors } from './pipeline-error.js';
import { inPlace } from './plugin-failure.js';
import type { Checked } from './loaded-pipeline.js';
import { temperatureTwice, withAssignerTemperature } from './temperature-check.js';

/** Keys of a pipeline that provide a capability by being set, with the slot of each. */
function providingKeys({ slots }: Catalogue): readonly (SlotKey & { readonly slot: SlotName })[] {
  return slots.flatMap(({ name, keys = [] }) => keys.map(key => ({ ...key, slot: name }))).filter(key => key.provides);
}

/** Errors for capabilities that components of a valid pipeline require and none provides. */
export function checkRequirements(loaded: Checked): readonly Diagnostic[] {
  return loaded.components.flatMap(placed => {
    const scope = scopeOf(placed, loaded);
    const provided = providedBy(scope);
    return inPlace(placed, loaded.document, () => unmetRequirements(placed, provided)).map(capability =>
      unmet(placed, capability, { ...loaded, provided, splits: splitsWithout(capability, scope.components) }),
    );
  });
}

/** The components that are checked, and on which facts. */
export interface CheckScope {
  readonly transferred?: ReadonlyMap<string, Facts>;
  readonly keys?: readonly string[];
}

/**
 * Runs the checks of all components on the pipeline. Returns the warnings, in the order of the text.
 * @param scope facts for the components under each name in `transfer`, by default those of the pipeline; and the keys of the
 *   pipeline whose components are checked, by default all
 * @throws PipelineError with the errors, if there are any
 */
export function checkPipeline(
  loaded: Checked,
  facts: Facts,
  { transferred = new Map(), keys }: CheckScope = {},
): readonly Diagnostic[] {
  const { components, document } = loaded;
  const assigner = components.find(({ path }) => path.join() === 'assigner');
  const tempered = assigner ? inPlace(assigner, document, () => withAssignerTemperature(facts, assigner)) : facts;
  const checked = keys ? components.filter(({ path }) => keys.includes(String(path[0]))) : components;
  const diagnostics = checked.flatMap(placed => {
    const own = transferred.get(transferOf(placed) ?? '') ?? tempered;
    const known = { ...own, provided: providedBy(scopeOf(placed, loaded)) };
    const all = inPlace(placed, document, () => [
      ...findings(placed, known),
      ...temperatureTwice(placed, known),
      ...unusedAssigner(placed, loaded),
    ]);
    return all.map(finding => found(placed, finding, loaded));
  });
  refuseErrors(diagnostics);
  return inOrder(diagnostics);
}

/** The name in `transfer` that a component belongs to. */
function transferOf({ path }: PlacedComponent): string | undefined {
  return path[0] === 'transfer' ? String(path[1]) : undefined;
}

/** The components that a component can rely on: an evaluator in `transfer` has the data there in place of the pipeline's. */
function scopeOf(placed: PlacedComponent, loaded: Checked): Checked {
  const name = transferOf(placed);
  const isThere = (one: PlacedComponent) => transferOf(one) === name || (transferOf(one) === undefined && one.path[0] !== 'data'); // prettier-ignore
  return { ...loaded, components: loaded.components.filter(isThere) };
}

function providedBy({ pipeline, components, catalogue, document }: Checked): ReadonlySet<string> {
  const structural = providingKeys(catalogue).flatMap(({ key, provides }) =>
    provides && key in pipeline ? [provides] : [],
  );
  const provisionsOf = (placed: PlacedComponent) => inPlace(placed, document, () => provisionsIn(placed, components));
  const [readers, others] = [outerReaders(components), components.filter(placed => !isReader(placed))];
  const own = [...others.flatMap(provisionsOf), ...(readers.length > 0 ? inAll(readers.map(provisionsOf)) : [])];
  return new Set<string>([...structural, ...own]);
}

/** Readers that are not in the options of another reader, which decides what they provide. */
function outerReaders(components: readonly PlacedComponent[]): readonly PlacedComponent[] {
  const readers = components.filter(isReader);
  const isWithin = ({ path }: PlacedComponent, outer: PlacedComponent) =>
    outer.path.length < path.length && outer.path.every((key, depth) => path[depth] === key);
  return readers.filter(one => !readers.some(outer => isWithin(one, outer)));
}

const isReader = ({ slot }: PlacedComponent): boolean => slot === 'reader';

/** Capabilities of a component; it may have those of components in its options, which are found among `components`. */
function provisionsIn(
  { component, options }: PlacedComponent,
  components: readonly PlacedComponent[],
): readonly Capability[] {
  const nested = (inner: NestedOptions): readonly Capability[] => {
    const placed = components.find(({ value }) => value === inner);
    return placed ? provisionsIn(placed, components) : [];
  };
  return component?.provides?.(options, nested) ?? [];
}

/** A dataset of several readers provides only capabilities that every one of them provides. */
function inAll([first, ...others]: readonly (readonly string[])[]): readonly string[] {
  return first.filter(capability => others.every(provided => provided.includes(capability)));
}

function unmetRequirements({ component, options }: PlacedComponent, provided: ReadonlySet<string>): readonly string[] {
  return (component?.requires?.(options) ?? []).filter(capability => !provided.has(capability));
}

/** Keys of the readers that lack a capability that other readers of the pipeline provide. */
function splitsWithout(capability: string, components: readonly PlacedComponent[]): readonly string[] {
  const readers = outerReaders(components);
  const lacking = readers.filter(placed => !provisionsIn(placed, components).some(one => one === capability));
  return lacking.length < readers.length ? lacking.map(({ path }) => pathText(path)) : [];
}

function unmet(
  { path, slot, use }: PlacedComponent,
  capability: string,
  {
    catalogue,
    document,
    provided,
    splits,
  }: Checked & { readonly provided: ReadonlySet<string>; readonly splits: readonly string[] },
): Diagnostic {
  const missing =
    splits.length > 0 ? `which ${listed(splits, 'and')} lacks` : 'which nothing in this pipeline provides';
  return diagnose(locate(document, [...path, 'use']), {
    code: 'REQUIREMENT_MISSING',
    message: `The ${slot} \`${use}\` requires ${listed([capability])}, ${missing}.`,
    remedy: remedyFor(capability, { catalogue, provided, splits }),
    path,
  });
}

function remedyFor(
  capability: string,
  {
    catalogue,
    provided,
    splits,
  }: Pick<Checked, 'catalogue'> & { readonly provided: ReadonlySet<string>; readonly splits: readonly string[] },
): string {
  if (splits.length > 0) return 'All splits of the dataset must provide it.';
  if (capability === 'labels' && provided.has('multi-labels'))
    return 'The images have several labels each. Take an evaluator for such images, `multi-label-linear`.';
  return providers(capability, catalogue);
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

/** How a component provides a capability: with its defaults, or with one boolean option changed. */
function provisions({ slot, use, options, provides }: Component, capability: string): readonly string[] {
  const defaults = defaultsOf({ options });
  const does = (changed: object) =>
    attempt(() => provides?.({ ...defaults, ...changed }, () => [])).includes(capability);
  if (does({})) return [`the ${slot.name} \`${use}\``];
  const switches = Object.keys(defaults).filter(key => typeof defaults[key] === 'boolean');
  const turned = switches.find(key => does({ [key]: defaults[key] !== true }));
  return turned === undefined
    ? []
    : [`the ${slot.name} \`${use}\` with \`${turned}: ${String(defaults[turned] !== true)}\``];
}

function defaultsOf({ options }: Pick<Component, 'options'>): Record<string, unknown> {
  const properties: Readonly<Record<string, { readonly default?: unknown }>> = options.properties;
  return Object.fromEntries(Object.entries(properties).map(([key, option]) => [key, option.default]));
}

/** Without a required option, which has no default, `provides` may throw. */
function attempt(provided: () => readonly string[] | undefined): readonly string[] {
  try {
    return provided() ?? [];
  } catch {
    return [];
  }
}

/** Capabilities by which the assigner of a pipeline takes part in its training. */
const OF_ASSIGNERS: readonly string[] = ['assignments', 'codes', 'prototypes'];

/** A warning for an assigner that no other component requires anything of in training. */
function unusedAssigner(placed: PlacedComponent, { components, catalogue }: Checked): Finding[] {
  const uses = (component: Component | undefined, options: PlacedComponent['options']) =>
    attempt(() => component?.requires?.(options)).some(capability => OF_ASSIGNERS.includes(capability));
  const trained = components.filter(({ slot }) => slot !== 'evaluator');
  if (placed.slot !== 'assigner' || trained.some(({ component, options }) => uses(component, options))) return [];
  const objectives = catalogue.list('objective').filter(one => uses(one, defaultsOf(one)));
  const such = objectives.length > 0 ? ` (${listed(objectives.map(({ use }) => use))})` : ', such as `carl` or `swav`';
  const message = `no objective uses its assignments, so it does not affect the training. Remove \`assigner:\`, or take an objective that requires assignments${such}.`;
  return [warning('ASSIGNER_UNUSED', '', message)];
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
