import { normalize } from 'node:path';
import { singleProcess } from '../builtin/single-process.js';
import type { Collective } from '../contracts/collective.js';
import { CarlError } from '../errors/carl-error.js';
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

/** The text of worker 0 on all workers. */
export function textOfFirst(collective: Collective, text: string): string {
  return collective.size === 1 ? text : textsOfAll(collective, text)[0];
}

/**
 * Checks that all workers were given the same run directories.
 * @param given paths by the option of the command line, such as `--out`, or another name; undefined for those that were not given
 * @throws CarlError INPUT_ARGUMENT on all workers
 */
export function assertSameFolders(collective: Collective, given: Readonly<Record<string, string | undefined>>): void {
  const folders = Object.entries(given).flatMap(([option, path]) => (path === undefined ? [] : [[option, path]]));
  const own = folders.map(([option, path]) => `${option} ${normalize(`${path}/`).slice(0, -1) || '/'}`).join(' ');
  const texts = textsOfAll(collective, own);
  const rank = texts.findIndex(text => text !== texts[0]);
  if (rank < 0) return;
  const continued = [texts[0], texts[rank]].map(text => /(?:^| )--resume /.test(text));
  if (continued[0] !== continued[1])
    throw new CarlError('INPUT_ARGUMENT', `${beginning(rank, continued, texts)} ${SAME_OPTIONS}`);
  const [first, other] = [texts[0], texts[rank]].map(text => text || `neither ${Object.keys(given).join(' nor ')}`);
  throw new CarlError('INPUT_ARGUMENT', `Worker ${rank} was given ${other}, and worker 0 ${first}. ${SAME_OPTIONS}`);
}

/**
 * Checks that all workers train the same, from the same step.
 * @param step optimizer steps of the checkpoint that the worker starts from
 * @param backend name of the backend that the worker computes on
 * @throws CarlError INPUT_PIPELINE, INPUT_DATA or INPUT_RUN on all workers
 */
export function assertSameTraining(experiment: Experiment, step: number, backend: string): void {
  const { network, pipeline, train, initial } = experiment;
  const { collective } = network;
  if (collective.size === 1) return;
  const hash = hashOf({ pipeline, initialWeights: initial?.sha256, backend });
  const own = Int32Array.of(Number.parseInt(hash.slice(0, 7), 16), train.length, step);
  const all = collective.host.all(own);
  for (let rank = 1; rank < collective.size; rank++) {
    const [first, other] = [all.subarray(0, own.length), all.subarray(rank * own.length)];
    const place = own.findIndex((_, i) => first[i] !== other[i]);
    if (place === 0) throw new CarlError('INPUT_PIPELINE', pipelineDifference(experiment, rank, backend));
    if (place === 1) throw new CarlError('INPUT_DATA', imagesDifference(rank, first[place], other[place]));
    if (place > 1) throw new CarlError('INPUT_RUN', stepDifference(rank, first[place], other[place]));
  }
}

/** That one of two workers continues a run and the other one begins one. */
function beginning(rank: number, [firstContinues]: readonly boolean[], texts: readonly string[]): string {
  const [first, other] = [texts[0], texts[rank]].map(text => (text ? `, ${text},` : ''));
  return firstContinues
    ? `Worker ${rank} begins a run${other} and worker 0 continues one${first.slice(0, -1)}.`
    : `Worker ${rank} continues a run${other} and worker 0 begins one${first.slice(0, -1)}.`;
}

const SAME_OPTIONS =
  'Start all workers with the same files and options. To train in each process alone, give --collective single-process.';

/** The difference between the training of a worker and that of worker 0. All workers must call it. */
function pipelineDifference({ network, pipeline, loaded }: Experiment, rank: number, backend: string): string {
  const own: Compared = { pipeline, backend, file: loaded.files[0] };
  const texts = textsOfAll(network.collective, JSON.stringify(own));
  const [first, other] = [texts[0], texts[rank]].map(text => JSON.parse(text) as Compared);
  const [[key, there, here] = []] = differingKeys([first.pipeline, other.pipeline]);
  if (key === undefined && first.backend !== other.backend)
    return (
      `Worker ${rank} computes on the backend ${other.backend}, and worker 0 on ${first.backend}. Give all workers the same one, ` +
      `which is installed on all machines: --backend ${first.backend}`
    );
  if (key === undefined) return `Worker ${rank} starts from other initial weights than worker 0. ${SAME_OPTIONS}`;
  const files = first.file === other.file ? '' : ` Worker ${rank} reads ${other.file}, and worker 0 ${first.file}.`;
  return (
    `Worker ${rank} has another pipeline than worker 0: \`${key}\` is ${here || 'not there'} in place of ` +
    `${there || 'nothing'}.${files} ${SAME_OPTIONS}`
  );
}

/** What workers must have in common, and the file that it comes from. */
interface Compared {
  readonly pipeline: object;
  readonly backend: string;
  readonly file: string;
}

function imagesDifference(rank: number, first: number, other: number): string {
  return `Worker 0 reads ${first} images, and worker ${rank} reads ${other}. All machines need the same data under the same path.`;
}

function stepDifference(rank: number, first: number, other: number): string {
  return (
    `Worker 0 continues after step ${first}, and worker ${rank} after step ${other}. The run directory must be on a file system ` +
    'that all machines share.'
  );
}

/** The texts of all workers, in order of rank. */
function textsOfAll({ host }: Collective, text: string): readonly string[] {
  const bytes = new TextEncoder().encode(text);
  const lengths = host.all(Int32Array.of(bytes.length));
  const longest = Math.max(1, ...lengths);
  const all = host.all(Int32Array.from({ length: longest }, (_, i) => bytes[i] ?? 0));
  return Array.from(lengths, (length, rank) =>
    new TextDecoder().decode(Uint8Array.from(all.subarray(rank * longest, rank * longest + length))),
  );
}
