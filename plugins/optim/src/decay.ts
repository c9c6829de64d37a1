import type { Updatable } from '@carl-ssl/core';

/** Parameters that share a rule. */
export interface Group {
  readonly parameters: readonly Updatable[];
  readonly weightDecay: number;
  /** Updates all of them have had before. */
  readonly updates: number;
}

export interface Decay {
  readonly weightDecay: number;
  readonly excludeVectors: boolean;
}

/** Parameters by weight decay, which vectors (biases, normalisation) may be free of, and by their number of updates. */
export function groupsOf(parameters: readonly Updatable[], decay: Decay): readonly Group[] {
  const groups = new Map<string, { parameters: Updatable[]; weightDecay: number; updates: number }>();
  for (const parameter of parameters) {
    const weightDecay = isExcluded(parameter, decay) ? 0 : decay.weightDecay;
    const key = `${weightDecay} ${parameter.updates}`;
    const group = groups.get(key) ?? { parameters: [], weightDecay, updates: parameter.updates };
    group.parameters.push(parameter);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Whether a parameter is one of the vectors that `excludeVectors` is about. */
export function isExcluded({ value }: Updatable, { excludeVectors }: Pick<Decay, 'excludeVectors'>): boolean {
  return excludeVectors && value.rank === 1;
}
