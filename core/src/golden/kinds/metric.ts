import { slots } from '../../contracts/slots.js';
import type { RunKind } from '../bench.js';

export const metric: RunKind = (golden, bench) =>
  Promise.resolve(bench.make(slots.metric, { use: golden.use, ...golden.options })?.compute(golden.inputs));
