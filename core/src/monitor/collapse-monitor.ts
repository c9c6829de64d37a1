import type { Warning } from '../contracts/observer.js';
import { signsOf, type MonitorSample, type Sign } from './signs.js';

/** What the monitor remembers between looks; kept in checkpoints. */
interface Memory {
  /** Step at which a sign that is still there was first seen, by kind. */
  since: Record<string, number>;
  /** Kinds that have been reported and have not gone since. */
  reported: string[];
}

/** Reports signs of collapse that last for a twentieth of the training, at least 30 steps; each once until it goes away. */
export class CollapseMonitor {
  #memory: Memory = { since: {}, reported: [] };

  /** New warnings after a look. */
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

  /** Goes on from what {@link memory} gave. */
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
