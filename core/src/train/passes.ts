import type { Collective } from '../contracts/collective.js';
import type { Pass } from '../contracts/weights.js';
import type { WeightStore } from '../tensor/weight-store.js';

/** Prefixes of weights in files: `encoder.conv1.weight`, `prototypes.weight`. */
const MODULES = ['encoder', 'head', 'predictor', 'prototypes'] as const;
type ModuleName = (typeof MODULES)[number];

/** One pass for each module of a network. */
export type Passes = Readonly<Record<ModuleName, Pass>>;

/** Passes in training mode over the weights of one store, with `random` and `images` for modules that draw at random. */
export function passesOf(
  store: WeightStore,
  collective: Collective,
  draws?: Required<Pick<Pass, 'random' | 'images'>>,
): Passes {
  const pass = (name: ModuleName): Pass => ({ ...store.pass(name, true, collective), ...draws });
  return Object.fromEntries(MODULES.map(name => [name, pass(name)])) as Passes;
}
