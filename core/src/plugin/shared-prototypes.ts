/** Objects of the language that all code of a process shares. */
const SHARED: Readonly<Record<string, object>> = {
  'Object.prototype': Object.prototype,
  'Function.prototype': Function.prototype,
  'Array.prototype': Array.prototype,
  'String.prototype': String.prototype,
  'Promise.prototype': Promise.prototype,
  'Map.prototype': Map.prototype,
  'Set.prototype': Set.prototype,
  'Error.prototype': Error.prototype,
  Object,
  Array,
  Promise,
  JSON,
  Math,
};

type Descriptors = ReadonlyMap<string | symbol, PropertyDescriptor>;

/** The properties of all shared objects. */
export type SharedState = ReadonlyMap<string, Descriptors>;

/** The properties as they are now, to be compared after foreign code has run. */
export function sharedState(): SharedState {
  return new Map(Object.entries(SHARED).map(([name, shared]) => [name, descriptorsOf(shared)]));
}

function descriptorsOf(shared: object): Descriptors {
  const keys = Reflect.ownKeys(shared);
  return new Map(keys.map(key => [key, Reflect.getOwnPropertyDescriptor(shared, key)!]));
}

/**
 * Undoes changes that affect other code: of an earlier property, and new properties that loops over keys see. Other new ones,
 * such as methods of later versions of the language, stay.
 * @returns the names of the changed properties
 */
export function restoreShared(before: SharedState): readonly string[] {
  const changed: string[] = [];
  for (const name in SHARED) {
    const [shared, earlier] = [SHARED[name], before.get(name)!];
    for (const [key, descriptor] of earlier) {
      const now = Reflect.getOwnPropertyDescriptor(shared, key);
      if (now && now.value === descriptor.value && now.get === descriptor.get && now.set === descriptor.set) continue;
      Reflect.defineProperty(shared, key, descriptor);
      changed[changed.length] = `${name}.${String(key)}`;
    }
    for (const key of Reflect.ownKeys(shared)) {
      if (earlier.has(key) || !Reflect.getOwnPropertyDescriptor(shared, key)?.enumerable) continue;
      Reflect.deleteProperty(shared, key);
      changed[changed.length] = `${name}.${String(key)}`;
    }
  }
  return changed;
}
