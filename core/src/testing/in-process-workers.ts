import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Collective } from '../contracts/collective.js';
import { CarlError } from '../errors/carl-error.js';
import { abandonTape } from '../tensor/abandon-tape.js';
import { collectiveOver, type Transport } from '../tensor/collective-over.js';
import { sameBits } from './probe.js';

/**
 * Runs the same work on several workers in one process, for tests, and returns the result of each. Every worker has a
 * gradient of its own, as separate processes have, and all messages are exchanged, those of backward passes included.
 *
 * Workers take turns without threads: a worker that reaches an exchange for which messages are missing is interrupted, and
 * runs again from the start once they are there; complete exchanges are answered from memory. With n exchanges the work
 * runs n + 1 times, so it must be deterministic and start from the same state each time: create models within the work,
 * and free tensors by `tidy` or `finally`.
 * @throws CarlError PLUGIN_CONTRACT if workers call different operations, or if repeated work sends different values
 */
export async function runWorkers<R>(size: number, work: (collective: Collective) => R | Promise<R>): Promise<R[]> {
  const exchanges: Message[][] = [];
  for (;;) {
    const arrivals = new Map<number, Message>();
    const results: R[] = [];
    for (let rank = 0; rank < size; rank++) {
      const collective = collectiveOver(transportOf({ rank, size, exchanges, arrivals }));
      await turn(async () => results.push(await work(collective)));
    }
    if (arrivals.size === 0) return results;
    exchanges.push(completed(arrivals, { size, exchange: exchanges.length }));
  }
}

/** The message of one worker in one exchange. */
interface Message {
  /** Operation and number of values, equal on all workers. */
  readonly text: string;
  readonly values: ArrayLike<number>;
}

interface WorkerState {
  readonly rank: number;
  readonly size: number;
  /** Complete exchanges, with the messages in order of rank. */
  readonly exchanges: readonly (readonly Message[])[];
  /** Messages of the next exchange by rank. */
  readonly arrivals: Map<number, Message>;
}

/** Thrown through the work of a worker that has to wait. */
class Interruption extends Error {}

async function turn(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    abandonTape();
  }
}

function transportOf({ rank, size, exchanges, arrivals }: WorkerState): Transport {
  let next = 0;
  const exchange = (operation: string, values: ArrayLike<number>): readonly Message[] => {
    const place = next++;
    const message = { text: `${operation} of ${values.length} values`, values };
    if (place < exchanges.length) return repeated(message, { messages: exchanges[place], rank, place });
    if (!arrivals.has(rank)) arrivals.set(rank, message);
    throw new Interruption();
  };
  const send = (operation: string, tensor: Tensor1D) => {
    const messages = exchange(`${operation} (${tensor.dtype})`, tensor.dataSync().slice());
    return messages.map(({ values }) => tf.tensor1d(values as Float32Array, tensor.dtype as 'float32'));
  };
  return {
    rank,
    size,
    mean: values => tf.tidy(() => tf.mean(tf.stack(send('mean', values)), 0)),
    all: values => tf.tidy(() => tf.stack(send('all', values)) as Tensor2D),
    from: (root, values) => tf.tidy(() => send(`from ${String(root)}`, values)[root]),
    barrier: () => Promise.resolve(void exchange('barrier', [])),
    any: flag => Promise.resolve(exchange('any', [Number(flag)]).some(({ values }) => values[0] === 1)),
  };
}

function repeated(
  { text, values }: Message,
  { messages, rank, place }: { readonly messages: readonly Message[]; readonly rank: number; readonly place: number },
): readonly Message[] {
  const before = messages[rank];
  if (before.text === text && sameBits(before.values, values)) return messages;
  throw mismatch(
    place,
    `worker ${rank} sends ${text}, and sent ${before.text}${before.text === text ? ' with different numbers' : ''} before. The work must be deterministic and start from the same state each time it runs`,
  );
}

function completed(
  arrivals: ReadonlyMap<number, Message>,
  { size, exchange }: { readonly size: number; readonly exchange: number },
): Message[] {
  const [[first, expected]] = arrivals;
  const messages = Array.from({ length: size }, (_, rank) => arrivals.get(rank));
  const other = messages.findIndex(message => message?.text !== expected.text);
  if (other < 0) return messages as Message[];
  const call = messages[other] ? `calls ${messages[other].text}` : 'has finished';
  throw mismatch(exchange, `worker ${first} calls ${expected.text}, and worker ${other} ${call}`);
}

function mismatch(exchange: number, reason: string): CarlError {
  return new CarlError('PLUGIN_CONTRACT', `Workers do not match at exchange ${exchange}: ${reason}.`);
}
