import { slots } from '../../contracts/slots.js';
import type { RunKind } from '../bench.js';

/** Values at steps 0 to `steps` - 1. */
export const schedule: RunKind = (golden, bench) => {
  const component = bench.make(slots.schedule, { use: golden.use, ...golden.options });
  if (!component) return Promise.resolve(undefined);
  const length = Number(golden.options.steps);
  const data = Float32Array.from({ length }, (_, step) => component.value(step));
  return Promise.resolve({ values: { shape: [length], data } });
};
