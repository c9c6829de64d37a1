import type { Tensor } from '@tensorflow/tfjs-core';
import { singleProcess } from '../builtin/single-process.js';
import type { Collective } from '../contracts/collective.js';
import { CarlError } from '../errors/carl-error.js';
import { tf } from '../tensor/tf.js';
import type { Experiment } from './experiment.js';
import { hashOf } from './lock.js';
import { differingKeys } from './pipeline-differences.js';

/** The experiment as worker 0 continues it without the others. */
export function alone(experiment: Experiment): Experiment {
  return { ...experiment, network: { ...experiment.network, collective: singleProcess } };
}

/** How the work is divided, for users; undefined for one worker. */
export function divisionText({ network: { collective }, pipeline }: Experiment): string | undefined {
  const { size } = collective;
  const { batchSize } = pipeline.trainer;
  if (size === 1) return undefined;
  return (
    `${size} workers: each computes ${batchSize / size} of the ${batchSize} images of a batch. The learning rate is the pipeline's, ` +
    `for batches of ${batchSize} images, and is not scaled by the number of workers.`
  );
}

/** The text of worker 0 on all workers. A backend must be active. */
export async function textOfFirst(collective: Collective, text: string): Promise<string> {
  return collective.size === 1 ? text : (await textsOfAll(collective, text))[0];
}

/**
 * Checks that all workers train the same, from the same step.
 * @param step optimizer steps of the checkpoint that the worker starts from
 * @throws CarlError COLLECTIVE on all workers
 */
export async function assertSameTraining(experiment: Experiment, step: number): Promise<void> {
  const { network, pipeline, train, initial } = experiment;
  const { collective } = network;
  if (collective.size === 1) return;
  const hash = hashOf({ pipeline, initialWeights: initial?.sha256 });
  const own = [Number.parseInt(hash.slice(0, 7), 16), train.length, step];
  const all = await numbersOf(() => collective.allGather([tf.tensor2d([own], [1, own.length], 'int32')])[0]);
  for (let rank = 1; rank < collective.size; rank++) {
    const [first, other] = [all.subarray(0, own.length), all.subarray(rank * own.length)];
    const place = own.findIndex((_, i) => first[i] !== other[i]);
    if (place === 0) throw new CarlError('COLLECTIVE', await pipelineDifference(experiment, rank));
    if (place > 0) throw new CarlError('COLLECTIVE', DIFFERENCES[place - 1](rank, first[place], other[place]));
  }
}

/** What distinguishes the training of a worker from that of worker 0. All workers must call it. */
async function pipelineDifference({ network, pipeline }: Experiment, rank: number): Promise<string> {
  const texts = await textsOfAll(network.collective, JSON.stringify(pipeline));
  const [[key, there, here] = []] = differingKeys([texts[0], texts[rank]].map(text => JSON.parse(text) as object));
  const difference =
    key === undefined
      ? `Worker ${rank} starts from other initial weights than worker 0.`
      : `Worker ${rank} has another pipeline than worker 0: \`${key}\` is ${here || 'not there'} in place of ${there || 'nothing'}.`;
  return (
    `${difference} Start all workers with the same files and options. To train in each process alone, give ` +
    '--collective single-process.'
  );
}

/** The texts of all workers, in order of rank. */
async function textsOfAll(collective: Collective, text: string): Promise<readonly string[]> {
  const bytes = new TextEncoder().encode(text);
  const gathered = (values: Int32Array): Promise<Int32Array> =>
    numbersOf(() => collective.allGather([tf.tensor2d(values, [1, values.length], 'int32')])[0]);
  const lengths = await gathered(Int32Array.of(bytes.length));
  const longest = Math.max(...lengths);
  const all = await gathered(Int32Array.from({ length: longest }, (_, i) => bytes[i] ?? 0));
  return Array.from(lengths, (length, rank) =>
    new TextDecoder().decode(Uint8Array.from(all.subarray(rank * longest, rank * longest + length))),
  );
}

const DIFFERENCES: readonly ((rank: number, first: number, other: number) => string)[] = [
  (rank, first, other) =>
    `Worker 0 reads ${first} images, and worker ${rank} reads ${other}. All machines need the same data under the same path.`,
  (rank, first, other) =>
    `Worker 0 continues after step ${first}, and worker ${rank} after step ${other}. The run directory must be on a file system ` +
    'that all machines share.',
];

async function numbersOf(make: () => Tensor): Promise<Int32Array> {
  const tensor = tf.tidy(make);
  try {
    return (await tensor.data()) as Int32Array;
  } finally {
    tensor.dispose();
  }
}
