import type { Lock } from '../run/lock.js';
import { backendChangesOf, dataChangesOf, workersChangesOf } from '../run/run-changes.js';
import { counted } from '../text/counted.js';

/** What computes the repetition of a run. */
interface Repeater {
  /** Name of the backend. */
  readonly backend: string;
  readonly workers: number;
  /** The command for as many workers as trained the run. */
  readonly exactly: string;
}

/** Warnings about changes of a run between two parts of its training, which a repetition does not make. */
export function changeWarnings(path: string, lock: Lock, repeater: Repeater): readonly string[] {
  const [data] = dataChangesOf(lock);
  const backends = backendChangesOf(lock).map(({ to, step }) => `on ${to} after step ${step}`);
  return [
    ...(data === undefined
      ? []
      : [`the data of ${path} changed after step ${data}; the steps before cannot be repeated with the present data`]),
    ...(backends.length === 0
      ? []
      : [
          `${path} was begun on the backend ${lock.backend.name} and continued ${backends.join(', then ')}; the ` +
            `repetition computes all steps on ${repeater.backend}, so results may differ in the last bits`,
        ]),
    ...workersWarnings(path, lock, repeater),
  ];
}

function workersWarnings(path: string, lock: Lock, { workers, exactly }: Repeater): readonly string[] {
  const { workers: before = 1 } = lock;
  const changes = workersChangesOf(lock);
  const parts = changes.map(({ to, step }) => `by ${counted(to, 'worker')} after step ${step}`);
  if (changes.length > 0)
    return [
      `${path} was begun by ${counted(changes[0].from, 'worker')} and continued ${parts.join(', then ')}; the repetition ` +
        `computes all steps by ${counted(workers, 'worker')}, so results may differ in the last bits`,
    ];
  if (before === workers) return [];
  return [
    `${path} was trained by ${counted(before, 'worker')}, and the repetition is computed by ${counted(workers, 'worker')}: sums are added in ` +
      `another order, so losses and weights differ in the last bits at first, and more after many steps. To repeat it exactly: ${exactly}`,
  ];
}
