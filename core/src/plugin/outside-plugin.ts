import { CarlError } from '../errors/carl-error.js';
import { messageOf } from '../text/message-of.js';
import { checkPlugin } from './contract.js';
import type { Component, Plugin } from './define.js';
import { guardMade } from './guarded-part.js';
import { plainSchema } from './json-schema.js';
import { CALL_LIMIT, callPlugin, culpritOf } from './plugin-calls.js';
import { pluginFault, PluginError } from './plugin-error.js';

/** Admitted plugins by the value that their module exports. */
const admitted = new WeakMap<object, Plugin>();

/**
 * A copy of what the module of an outside plugin exports: read once, checked, with functions whose failures name the plugin.
 * @throws PluginError
 */
export function admitPlugin(name: string, exported: unknown): Plugin {
  const isObject = typeof exported === 'object' && exported !== null;
  const known = isObject ? admitted.get(exported) : undefined;
  if (known) return known;
  const plugin = callPlugin({ plugin: name, place: 'reading its components', limit: CALL_LIMIT }, () =>
    readPlugin(name, exported),
  );
  if (isObject) admitted.set(exported, plugin);
  return plugin;
}

function readPlugin(name: string, exported: unknown): Plugin {
  try {
    const copy = copyOf(exported);
    checkPlugin(name, copy);
    return Object.freeze({
      ...copy,
      components: (copy.components as readonly Component[]).map(component => guarded(name, component)),
    });
  } catch (cause) {
    if (cause instanceof PluginError) throw cause;
    const text = `The components of \`${name}\` cannot be read: ${messageOf(cause).split('\n')[0]}.`;
    throw new PluginError('PLUGIN_BROKEN', text, pluginFault(name), { cause });
  }
}

/** Reads every property once, so that none can be another value, or an error, the next time. */
function copyOf(exported: unknown): unknown {
  if (typeof exported !== 'object' || exported === null) return exported;
  const copy: Record<string, unknown> = { ...exported };
  if (Array.isArray(copy.components)) copy.components = Array.from(copy.components, componentOf);
  if (Array.isArray(copy.slots)) copy.slots = Array.from(copy.slots as unknown[]);
  return copy;
}

function componentOf(component: unknown): unknown {
  if (typeof component !== 'object' || component === null) return component;
  const copy = { ...(component as Partial<Component>) };
  return typeof copy.options === 'object' ? { ...copy, options: plainSchema(copy.options) } : copy;
}

type Asked = 'requires' | 'provides' | 'refuse' | 'temperature' | 'check';

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(one => typeof one === 'string');

const isFindings = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every((one: unknown) => {
    const { code, message, path } = (one ?? {}) as Readonly<Record<string, unknown>>;
    return [code, message, path].every(text => typeof text === 'string');
  });

/** What the functions return that a pipeline is checked by. */
const RESULTS: Readonly<Record<Asked, readonly [form: string, is: (value: unknown) => boolean]>> = {
  requires: ['a list of capabilities', isTexts],
  provides: ['a list of capabilities', isTexts],
  refuse: ['a list of { code, path, message }', isFindings],
  check: ['a list of { severity, code, path, message }', isFindings],
  temperature: ['{ option, value } or undefined', value => value === undefined || value instanceof Object],
};

/** The component with functions that run as calls of the plugin. */
function guarded(plugin: string, component: Component): Component {
  const place = (called: string) => `\`${called}\` of the ${component.slot.name} \`${component.use}\``;
  const functions: Partial<Record<Asked, (...given: never[]) => unknown>> = {};
  for (const asked of Object.keys(RESULTS) as Asked[]) {
    const own = component[asked] as ((...given: unknown[]) => unknown) | undefined;
    if (own === undefined) continue;
    const call = { plugin, place: place(asked), limit: CALL_LIMIT };
    functions[asked] = (...given) => checked(asked, call, () => own.apply(component, given));
  }
  const call = { plugin, place: place('create'), limit: CALL_LIMIT };
  const { slot, use } = component;
  const maker = { plugin, slot: slot.name, part: `${slot.name} \`${use}\`` };
  const create: Component['create'] = (options, dependencies) =>
    guardMade(
      callPlugin(call, () => component.create(options, dependencies)),
      maker,
    );
  return Object.freeze({ ...component, ...functions, create } as Component);
}

function checked(asked: Asked, call: Parameters<typeof callPlugin>[0], run: () => unknown): unknown {
  let result: unknown;
  try {
    result = callPlugin(call, run);
  } catch (cause) {
    if (CarlError.is(cause)) throw cause;
    const { place } = culpritOf(cause) ?? {};
    const text = `${call.place} failed: ${messageOf(cause)}${place === undefined ? '' : ` at ${place}`}.`;
    throw new PluginError('PLUGIN_BROKEN', text, pluginFault(call.plugin), { cause });
  }
  const [form, is] = RESULTS[asked];
  if (is(result)) return result;
  // Refused here; a later rejection would end the process.
  if (result instanceof Promise) result.catch(() => undefined);
  const kind = result instanceof Promise ? 'a promise' : String(result === null ? result : typeof result);
  throw new PluginError('PLUGIN_BROKEN', `${call.place} must return ${form}, not ${kind}.`, pluginFault(call.plugin));
}
