import { Type } from 'typebox';
import type { Backend } from '../contracts/backend.js';
import { CarlError } from '../errors.js';
import { defineComponent } from '../plugin/define.js';
import { slots } from '../plugin/slot.js';

const standIn = (): never => {
  throw new CarlError('PLUGIN_CONTRACT', 'The backend `auto` only stands for another one; `chooseBackend` finds it.');
};

/** The best backend of this machine. In a pipeline only: what runs is what `chooseBackend` takes in its place. */
export default defineComponent(slots.backend, {
  use: 'auto',
  description: 'The fastest backend that is available on this machine.',
  options: Type.Object({}, { additionalProperties: false }),
  create: (): Backend => ({
    name: 'auto',
    rank: -1,
    probe: () => Promise.resolve({ available: false, reason: 'stands for another backend' }),
    activate: async () => standIn(),
    fingerprint: standIn,
  }),
});
