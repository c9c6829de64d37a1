import type { Lock } from '../run/lock.js';
import { backendChangesOf, dataChangesOf, workersChangesOf } from '../run/run-changes.js';

/** What computes the repetition of a run. */
interface Repeater {
  /** Name of the backend. */
  readonly backend: string;
  readonly workers: number;
}

/** Warnings about changes of a run between two parts of its training, which a repetition does not make. */
export function changeWarnings(path: string, lock: Lock, { backend, workers }: Repeater): readonly string[] {
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
            `repetition computes all steps on ${backend}, so results may differ in the last bits`,
        ]),
    ...workersWarnings(path, lock, workers),
  ];
}

function workersWarnings(path: string, lock: Lock, workers: number): readonly string[] {
  const { workers: before = 1 } = lock;
  const changes = workersChangesOf(lock);
  const parts = changes.map(({ to, step }) => `by ${workersText(to)} after step ${step}`);
  if (changes.length > 0)
    return [
      `${path} was begun by ${workersText(changes[0].from)} and continued ${parts.join(', then ')}; the repetition ` +
        `computes all steps by ${workersText(workers)}, so results may differ in the last bits`,
    ];
  if (before === workers) return [];
  return [
    `${path} was trained by ${workersText(before)}, and the repetition is computed by ${workersText(workers)}: sums are added in ` +
      'another order, so losses and weights differ in the last bits at first, and more after many steps',
  ];
}

function workersText(count: number): string {
  return `${count} worker${count === 1 ? '' : 's'}`;
}
