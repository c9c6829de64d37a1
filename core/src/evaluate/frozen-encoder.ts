import type { Collective } from '../contracts/collective.js';
import type { Encoder } from '../contracts/encoder.js';
import type { FrozenEncoder, TrainableWeights } from '../contracts/evaluator.js';
import type { Streams } from '../contracts/random.js';
import { scope } from '../tensor/scope.js';
import type { WeightStore } from '../tensor/weight-store.js';

/** Module name of the encoder in weight stores and checkpoints. */
const ENCODER = 'encoder';

/** An encoder whose weights are in a store that the caller owns. */
export interface StoredEncoder {
  readonly encoder: Encoder;
  readonly image: FrozenEncoder['image'];
  readonly store: WeightStore;
  readonly collective: Collective;
}

/** Makes the encoder that protocol evaluators get. Modules that are added to its copies draw their initial values from the streams. */
export function frozenEncoder({ encoder, image, store, collective }: StoredEncoder, streams: Streams): FrozenEncoder {
  const pass = () => store.pass(ENCODER, false, collective);
  return {
    encoder,
    image,
    pass,
    forward: images => scope(() => encoder.forward(images, pass())),
    copy: () => trainableWeights(store.copy(), collective, streams),
  };
}

function trainableWeights(store: WeightStore, collective: Collective, streams: Streams): TrainableWeights {
  return {
    add: (module, specs) => {
      store.add(module, specs, streams);
    },
    parameters: () => store.parameters(),
    pass: (module, { training, random }) => ({
      ...store.pass(module, training, collective),
      ...(random && { random }),
    }),
    commit: () => {
      store.commit();
    },
    copy: () => trainableWeights(store.copy(), collective, streams),
    dispose: () => {
      store.dispose();
    },
  };
}
