import type { Network } from '../train/network.js';

/** Where time is noted. */
export interface Phases {
  span<T>(name: string, work: () => T): T;
  /** Notes the time from now to the next span that begins. */
  until(name: string): void;
}

/**
 * The same network, whose parts are timed. The backward pass is no part: it is what lies between the loss and the next
 * thing a part does, with the norm of the gradient and what is recomputed.
 */
export function timedNetwork(network: Network, phases: Phases): Network {
  const { encoder, head, predictor, assigner, objective, optimizer, teacher } = network;
  const compute: typeof objective.compute = (inputs, context) => {
    const result = phases.span('objective', () => objective.compute(inputs, context));
    phases.until('backward');
    return result;
  };
  return {
    ...network,
    encoder: timed(encoder, { forward: 'encoder forward', tokens: 'encoder forward' }, phases),
    ...(head && { head: timed(head, { forward: 'head forward' }, phases) }),
    ...(predictor && { predictor: timed(predictor, { forward: 'predictor forward' }, phases) }),
    ...(assigner && { assigner: timed(assigner, { assign: 'assigner', prepare: 'assigner' }, phases) }),
    objective: new Proxy(objective, { get: (part, key) => (key === 'compute' ? compute : bound(part, key)) }),
    optimizer: timed(optimizer, { apply: 'optimizer' }, phases),
    ...(teacher && { teacher: timed(teacher, { update: 'teacher follows' }, phases) }),
  };
}

/** An object whose methods of the given names are timed; all else is its own. */
function timed<T extends object>(part: T, names: Partial<Record<keyof T, string>>, phases: Phases): T {
  return new Proxy(part, {
    get: (target, key) => {
      const name = names[key as keyof T];
      const value = bound(target, key);
      if (name === undefined || typeof value !== 'function') return value;
      return (...given: unknown[]) => phases.span(name, () => (value as (...given: unknown[]) => unknown)(...given));
    },
  });
}

/** A property; a method of it knows its object, also where that has private fields. */
function bound(target: object, key: string | symbol): unknown {
  const value = Reflect.get(target, key) as unknown;
  return typeof value === 'function' ? (value.bind(target) as unknown) : value;
}
