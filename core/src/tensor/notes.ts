import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { discardNote, type Note } from '../contracts/note.js';
import { CarlError } from '../errors/carl-error.js';
import { tf } from './tf.js';

/** Collects the scalars that parts report, and owns them until {@link take} or {@link dispose}. */
export class Notes {
  readonly #values = new Map<string, Scalar[]>();

  /** Takes the notes of one call of a part, under `<part>.<name>`, or without a part under their own names. */
  of(part?: string): Note {
    const used = new Set<string>();
    return (own, value) => {
      const name = part === undefined ? own : `${part}.${own}`;
      assertScalar(name, value);
      if (used.has(name)) throw new CarlError('PLUGIN_CONTRACT', `the note ${name} is given twice in one call`);
      used.add(name);
      this.#add(name, value);
    };
  }

  /** The mean of each note over all calls that gave it. The tensors belong to the current scope. */
  take(): Record<string, Scalar> {
    const means = [...this.#values].map(([name, values]) => [name, tf.tidy(() => tf.mean<Scalar>(tf.stack(values)))]);
    this.dispose();
    return Object.fromEntries(means) as Record<string, Scalar>;
  }

  dispose(): void {
    for (const values of this.#values.values()) tf.dispose(values);
    this.#values.clear();
  }

  /** Keeps a copy, because a note may be reported within a `tidy` or a gradient. */
  #add(name: string, value: Scalar): void {
    const kept = tf.keep(tf.cast(value, 'float32'));
    this.#values.set(name, [...(this.#values.get(name) ?? []), kept]);
  }
}

/** Takes the notes of one call of a part; without a collector they are discarded. */
export function noteOf(notes: Notes | undefined, part: string): Note {
  return notes?.of(part) ?? discardNote;
}

function assertScalar(name: string, value: unknown): void {
  const shape = value instanceof tf.Tensor ? (value as Tensor).shape : undefined;
  if (shape?.length === 0) return;
  const given = shape ? `a tensor of shape [${shape.join(', ')}]` : typeof value;
  throw new CarlError('PLUGIN_CONTRACT', `the note ${name} is ${given}; a note must be a scalar tensor`);
}
