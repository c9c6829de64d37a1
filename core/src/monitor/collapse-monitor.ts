import type { Warning } from '../contracts/observer.js';
import { signsOf, type MonitorSample, type Sign } from './signs.js';

/** State of the monitor between samples; saved in checkpoints. */
interface Memory {
  /** First step of each sign that is still present, by kind. */
  since: Record<string, number>;
  /** Kinds that have been reported and are still present. */
  reported: string[];
}

/** Reports signs of collapse that last for a twentieth of the training, at least 30 steps. Each is reported once until it disappears. */
export class CollapseMonitor {
  #memory: Memory = { since: {}, reported: [] };

  /** Takes a sample and returns new warnings. */
  look(look: MonitorSample): readonly Warning[] {
    const signs = signsOf(look);
    this.#forget(new Set(signs.map(({ kind }) => kind)));
    const { step, steps } = look.report;
    const patience = Math.max(30, 0.05 * steps);
    return signs.flatMap(sign => this.#judge(sign, step, patience));
  }

  memory(): unknown {
    return structuredClone(this.#memory);
  }

  /** Restores the state that {@link memory} returned. */
  restore(memory: unknown): void {
    this.#memory = structuredClone(memory) as Memory;
  }

  #forget(present: ReadonlySet<string>): void {
    const { since, reported } = this.#memory;
    this.#memory = {
      since: Object.fromEntries(Object.entries(since).filter(([kind]) => present.has(kind))),
      reported: reported.filter(kind => present.has(kind)),
    };
  }

  #judge({ kind, collapsed, message }: Sign, step: number, patience: number): Warning[] {
    const since = (this.#memory.since[kind] ??= step);
    if (step - since < patience || this.#memory.reported.includes(kind)) return [];
    this.#memory.reported.push(kind);
    return [{ kind, since, collapsed, message }];
  }
}
