import { types } from 'node:util';
import { CarlError } from '../errors/carl-error.js';
import { messageOf } from '../text/message-of.js';
import { memberFault } from './part-members.js';
import { initialValues, resultRules } from './part-results.js';
import { callPlugin, culpritOf, untilSettled, type PluginCall } from './plugin-calls.js';
import { pluginFault, PluginError } from './plugin-error.js';
import type { ResultRule } from './result-forms.js';

/** The component of a plugin from outside this project that makes a part of a pipeline. */
export interface Maker {
  readonly plugin: string;
  readonly slot: string;
  /** As in ``the dataset `x` ``. */
  readonly part: string;
}

/** Slots whose parts are used as they are: observers have a queue of their own, and backends register themselves. */
const UNGUARDED: readonly string[] = ['observer', 'backend', 'collective', 'metric'];

/**
 * The same part with methods that run as calls of the plugin: whatever they throw names the component, and results that the
 * contract does not allow are refused. @throws PluginError for a promise
 */
export function guardMade(made: unknown, maker: Maker): unknown {
  const { slot } = maker;
  if (types.isPromise(made)) {
    made.catch(() => undefined);
    refuse(callOf(maker, 'create'), 'must return the component, not a promise');
  }
  if (typeof made !== 'object' || made === null || UNGUARDED.includes(slot)) return made;
  return guarded(made, maker, resultRules(slot));
}

type Method = (...given: unknown[]) => unknown;

function guarded(made: object, maker: Maker, rules: Readonly<Record<string, ResultRule>>): object {
  const methods = new WeakMap<Method, Method>();
  const guardedMethod = (key: string, own: Method): Method => {
    const call = callOf(maker, key);
    const run: Method = (...given) => ruled(call, () => own.apply(made, given), { rule: rules[key], given, made });
    methods.set(own, methods.get(own) ?? run);
    return methods.get(own)!;
  };
  const get = (key: string | symbol): unknown => {
    if (typeof key === 'symbol' || key === 'constructor') return Reflect.get(made, key);
    const call = callOf(maker, key);
    const value: unknown = calledAs(call, () => Reflect.get(made, key) as unknown);
    refuse(
      call,
      calledAs(call, () => memberFault(maker.slot, key, value)),
    );
    return typeof value === 'function' ? guardedMethod(key, value as Method) : value;
  };
  // The target is empty: a proxy of a frozen object could not return other values than its own.
  return new Proxy(Object.create(Object.getPrototypeOf(made) as object | null) as object, {
    get: (_, key) => get(key),
    set: (_, key, value) => Reflect.set(made, key, value),
    has: (_, key) => Reflect.has(made, key),
    ownKeys: () => Reflect.ownKeys(made),
    getOwnPropertyDescriptor: (_, key) => {
      const own = Reflect.getOwnPropertyDescriptor(made, key);
      return own && { value: get(key), enumerable: own.enumerable, configurable: true, writable: true };
    },
  });
}

function callOf({ plugin, part }: Maker, member: string): PluginCall {
  return { plugin, place: `\`${member}\` of the ${part}` };
}

/** Runs the code of a plugin; anything that it throws becomes an error with the plugin's name and the place. */
function calledAs<T>(call: PluginCall, run: () => T): T {
  try {
    return callPlugin(call, run);
  } catch (cause) {
    throw failureOf(call, cause);
  }
}

interface Ruling {
  readonly rule: ResultRule | undefined;
  readonly given: readonly unknown[];
  readonly made: object;
}

function ruled(call: PluginCall, run: () => unknown, { rule, given, made }: Ruling): unknown {
  const result = calledAs(call, run);
  const check = (value: unknown): unknown => {
    refuse(call, rule && calledAs(call, () => rule.fault(value, given, made as Readonly<Record<string, unknown>>)));
    if (rule?.wrap === 'images') return guardedSet(call, value);
    return rule?.wrap === 'specs' ? guardedSpecs(call, value as readonly object[]) : value;
  };
  if (!types.isPromise(result)) return check(result);
  const settled = untilSettled({ ...call }, result).then(check, (cause: unknown) => {
    throw failureOf(call, cause);
  });
  const isAsync = typeof rule?.isAsync === 'function' ? rule.isAsync(made as Readonly<Record<string, unknown>>) : rule?.isAsync; // prettier-ignore
  if (rule === undefined || isAsync) return settled;
  settled.catch(() => undefined);
  refuse(call, 'must return its result, not a promise');
  return undefined;
}

/** @throws PluginError if there is a fault */
function refuse({ plugin, place }: PluginCall, fault: string | undefined): void {
  if (fault !== undefined) throw new PluginError('PLUGIN_BROKEN', `${place} ${fault}.`, pluginFault(plugin));
}

/** An image set that a reader or a dataset returned, with guarded methods. */
function guardedSet({ plugin, place }: PluginCall, set: unknown): unknown {
  if (typeof set !== 'object' || set === null) return set;
  const known =
    sets.get(set) ??
    guarded(set, { plugin, slot: 'images', part: place.replace(/^`\w+` of the /, 'images of the ') }, imageSet);
  sets.set(set, known);
  return known;
}

/** Specifications of weights or buffers with guarded initial values. */
function guardedSpecs({ plugin, place }: PluginCall, specs: readonly object[]): readonly object[] {
  return specs.map(spec => {
    const { name, initialize, initial } = spec as Readonly<Record<string, unknown>>;
    const wrap = (key: string, own: unknown) => {
      if (typeof own !== 'function') return {};
      const call = { plugin, place: `\`${key}\` of \`${String(name)}\` in ${place}` };
      const run: Method = (...given) =>
        ruled(call, () => (own as Method).apply(spec, given), { rule: initialValues, given, made: spec });
      return { [key]: run };
    };
    return { ...spec, ...wrap('initialize', initialize), ...wrap('initial', initial) };
  });
}

const sets = new WeakMap<object, object>();
const imageSet = resultRules('images');

/** An error as it is where the system or the user is the cause; else one that names the plugin. */
function failureOf({ plugin, place }: PluginCall, cause: unknown): unknown {
  if (CarlError.is(cause) || isOfSystem(cause)) return cause;
  const culprit = culpritOf(cause);
  const at = culprit === undefined ? '' : ` at ${culprit.place}`;
  const text = `${place} failed: ${messageOf(cause)}${at}.`;
  return new PluginError('PLUGIN_BROKEN', text, pluginFault(culprit?.plugin ?? plugin), { cause });
}

/** An interruption, or a failed call of the operating system. */
function isOfSystem(cause: unknown): boolean {
  if (types.isProxy(cause)) return false;
  if (cause instanceof DOMException) return true;
  return types.isNativeError(cause) && typeof Object.getOwnPropertyDescriptor(cause, 'syscall')?.value === 'string';
}
