import type { Tensor } from '@tensorflow/tfjs-core';
import type { Backend } from '../contracts/backend.js';
import type { Collective } from '../contracts/collective.js';
import { tf } from '../tensor/tf.js';
import { leaked, leakProblem, noise, sameBits } from './probe.js';
import { unless, type Rule, type Subject } from './rule.js';

/** Rules for backends that can be checked without activating them. */
export const backendRules: readonly Rule<Backend>[] = [
  {
    name: 'has its name and a rank',
    check: ({ make, component }) =>
      unless(
        [make().name === component.use, 'its name is not its `use` name'],
        [Number.isFinite(make().rank), 'its rank is not a number'],
      ),
  },
  { name: 'checks its availability without side effects', check: lookOnly },
  { name: 'estimates more seconds for more work', check: estimates },
];

/** Rules for collectives of one worker. Collectives of several workers need several processes. */
export const collectiveRules: readonly Rule<Collective>[] = [
  {
    name: 'has a rank below its size',
    check: ({ make }) =>
      unless([make().rank >= 0 && make().rank < make().size, `worker ${make().rank} of ${make().size}`]),
  },
  { name: 'returns new tensors', check: ownTensors },
];

async function lookOnly({ make }: Subject<Backend>): Promise<string[]> {
  const before = tf.getBackend();
  const { available, reason, remedy } = await make().probe();
  return unless(
    [tf.getBackend() === before, 'probing it changes the active backend'],
    [reason !== '' && !reason.includes('\n'), 'its reason is not one line'],
    [available || remedy === undefined || remedy !== '', 'its remedy is empty'],
  );
}

function estimates({ make }: Subject<Backend>): string[] {
  const [once, twice] = [1, 2].map(times => make().estimate?.({ flops: times * 1e9, bytes: times * 1e7 }));
  if (!once && !twice) return [];
  if (!once || !twice) return ['it estimates one step but not another'];
  return unless(
    [
      once.seconds > 0 && once.seconds < twice.seconds,
      `1 GFLOP takes ${once.seconds} s and 2 GFLOP ${twice.seconds} s`,
    ],
    [Number.isInteger(once.threads) && once.threads > 0, `its number of threads is ${once.threads}`],
  );
}

async function ownTensors({ make }: Subject<Collective>): Promise<string[]> {
  const collective = make();
  if (collective.size !== 1) return [];
  const value = noise('value', [4, 3]);
  const operations: Readonly<Record<string, (one: Tensor) => Tensor>> = {
    allReduceMean: one => collective.allReduceMean([one])[0],
    allGather: one => collective.allGather([one])[0],
    broadcast: one => collective.broadcast([one])[0],
  };
  const problems: string[] = [];
  for (const [name, operation] of Object.entries(operations)) {
    const count = await leaked(() => problems.push(...tried(name, operation, value)));
    problems.push(...leakProblem(count, name));
  }
  value.dispose();
  return problems;
}

function tried(name: string, operation: (one: Tensor) => Tensor, value: Tensor): string[] {
  const result = operation(value);
  const same = sameBits(result.dataSync(), value.dataSync());
  const own = result !== value;
  if (own) result.dispose();
  return unless(
    [same, `${name} of one worker is not the value itself`],
    [own, `${name} gives back its argument`],
    [!value.isDisposed, `${name} disposes its argument`],
  );
}
