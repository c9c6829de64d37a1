import type { Collective, Values } from '../contracts/collective.js';
import { CarlError } from '../errors/carl-error.js';
import { Bucket } from '../tensor/bucket.js';
import { abandonTape } from '../tensor/engine.js';
import { collectiveOver, type Transport } from '../tensor/collective-over.js';
import { sameBits } from './probe.js';

/**
 * Runs the same work on several workers in one process, for tests, and returns the result of each. Every worker computes
 * its own gradient, as in separate processes, and all messages are exchanged, including those of backward passes.
 *
 * Workers take turns without threads. A worker that reaches an exchange with missing messages is interrupted, and starts
 * again at its next turn; complete exchanges are answered from memory. The work therefore runs many times. It must be
 * deterministic and start from the same state each time: create models within the work, and free tensors by `tidy` or
 * `finally`.
 * @throws CarlError PLUGIN_CONTRACT if workers call different operations, or if repeated work sends different values
 */
export async function runWorkers<R>(size: number, work: (collective: Collective) => R | Promise<R>): Promise<R[]> {
  const exchanges: Exchange[] = [];
  const results = new Map<number, R>();
  for (let sent = -1; results.size < size;) {
    const all = exchanges.reduce((sum, messages) => sum + messages.size, 0);
    if (all === sent) throw unfinished(exchanges, size);
    sent = all;
    for (let rank = 0; rank < size; rank++) {
      const collective = collectiveOver(transportOf({ rank, size, exchanges }));
      if (!results.has(rank)) await turn(async () => results.set(rank, await work(collective)));
    }
  }
  return Array.from({ length: size }, (_, rank) => results.get(rank)!);
}

/** The message of one worker in one exchange. */
interface Message {
  /** Operation and number of values, equal on all workers. */
  readonly text: string;
  readonly values: ArrayLike<number>;
}

/** Messages of one exchange by rank; complete when every worker has sent one. */
type Exchange = Map<number, Message>;

interface WorkerState {
  readonly rank: number;
  readonly size: number;
  readonly exchanges: Exchange[];
}

/** Thrown through the work of a worker that has to wait. */
class Interruption extends Error {}

async function turn(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isInterruption(error)) throw error;
    abandonTape();
  }
}

/** True also for the error that names a third-party part through which the interruption was thrown. */
function isInterruption(error: unknown): boolean {
  return error instanceof Interruption || (error instanceof Error && isInterruption(error.cause));
}

function transportOf({ rank, size, exchanges }: WorkerState): Transport {
  let next = 0;
  const exchange = (operation: string, values: ArrayLike<number>): readonly Message[] => {
    const place = next++;
    const messages = (exchanges[place] ??= new Map<number, Message>());
    deliver({ text: `${operation} of ${values.length} values`, values }, { messages, rank, place });
    if (messages.size < size) throw new Interruption();
    return Array.from({ length: size }, (_, worker) => messages.get(worker)!);
  };
  const send = (operation: string, values: Values) => {
    const type = values instanceof Int32Array ? 'int32' : 'float32';
    return exchange(`${operation} (${type})`, values.slice()).map(message => message.values);
  };
  const mean = (values: Float32Array): void => {
    const all = send('mean', values);
    for (let i = 0; i < values.length; i++) values[i] = all.reduce((sum, one) => sum + one[i], 0) / size;
  };
  const later = new Bucket(Infinity, mean);
  return {
    rank,
    size,
    mean,
    overlaps: true,
    startMean: values => later.add(values),
    finishMeans: () => {
      later.send();
      later.handBack();
    },
    all: values => {
      const every = send('all', values);
      const joined =
        values instanceof Int32Array ? new Int32Array(size * values.length) : new Float32Array(size * values.length);
      every.forEach((one, worker) => joined.set(one, worker * values.length));
      return joined as typeof values;
    },
    from: (root, values) => values.set(send(`from ${String(root)}`, values)[root]),
    barrier: () => Promise.resolve(void exchange('barrier', [])),
    any: flag => Promise.resolve(exchange('any', [Number(flag)]).some(({ values }) => values[0] === 1)),
  };
}

/** Adds a message to an exchange, or checks that it is the one the worker has sent in an earlier run. */
function deliver(
  message: Message,
  { messages, rank, place }: { readonly messages: Exchange; readonly rank: number; readonly place: number },
): void {
  const sent = messages.get(rank);
  if (sent?.text === message.text && !sameBits(sent.values, message.values))
    throw mismatch(
      place,
      `worker ${rank} calls ${message.text} with different values when it runs again. The work must be deterministic and start from the same state each time`,
    );
  for (const [worker, { text }] of messages)
    if (text !== message.text)
      throw mismatch(place, `worker ${worker} calls ${text}, and worker ${rank} calls ${message.text}`);
  messages.set(rank, message);
}

/** The error of workers that wait for one that has finished. */
function unfinished(exchanges: readonly Exchange[], size: number): CarlError {
  const place = exchanges.findIndex(messages => messages.size < size);
  const [[waiting, { text }]] = exchanges[place];
  const missing = Array.from({ length: size }, (_, rank) => rank).find(rank => !exchanges[place].has(rank))!;
  return mismatch(place, `worker ${waiting} calls ${text}, and worker ${missing} has finished`);
}

function mismatch(exchange: number, reason: string): CarlError {
  return new CarlError('PLUGIN_CONTRACT', `Workers do not match at exchange ${exchange}: ${reason}.`);
}
