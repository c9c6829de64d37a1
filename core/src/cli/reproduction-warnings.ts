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
  const counts = workersChangesOf(lock);
  const parts = counts.map(({ to, step }) => `by ${workersText(to)} after step ${step}`);
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
    ...(counts.length === 0
      ? []
      : [
          `${path} was begun by ${workersText(counts[0].from)} and continued ${parts.join(', then ')}; the repetition ` +
            `computes all steps by ${workersText(workers)}, so results may differ in the last bits`,
        ]),
  ];
}

function workersText(count: number): string {
  return `${count} worker${count === 1 ? '' : 's'}`;
}
