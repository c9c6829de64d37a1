import { activateBackend } from '../backend/activate.js';
import { loadPipeline } from '../config/load.js';
import type { LoadedPipeline } from '../config/loaded-pipeline.js';
import { located } from '../config/mismatch-error.js';
import { Augmenter } from '../contracts/augmenter.js';
import type { BackendFingerprint } from '../contracts/backend.js';
import { CarlError } from '../errors/carl-error.js';
import type { NetworkName, ResultsHead } from '../evaluate/results.js';
import type { OpenSubject } from '../evaluate/run-evaluators.js';
import { assemble, shapeFor, type Assembly } from '../run/assembly.js';
import { chosenCheckpoint, readCheckpoint } from '../run/chosen-checkpoint.js';
import { openTrained, type EvaluatedWeights } from '../run/evaluation-subjects.js';
import { judgedNetwork } from '../run/judged-network.js';
import { openRun, type OpenRun } from '../run/open-run.js';
import { misfits, type DiskTensors } from '../tensor/weight-layout.js';
import { readInitialWeights } from '../train/initial-weights.js';
import type { Network, NetworkShape } from '../train/network.js';

/** A network with its trained weights, without the data of its training. */
export interface TrainedNetwork {
  readonly loaded: LoadedPipeline;
  readonly network: Network;
  readonly shape: NetworkShape;
  readonly weights: EvaluatedWeights;
  /** SHA-256 of the file of the weights. */
  readonly sha256: string;
  readonly head: ResultsHead;
  readonly backend: BackendFingerprint;
  /** Undefined for a file of weights. */
  readonly opened?: OpenRun;
  /** Loads the weights, as an evaluation does. @throws CarlError INPUT_WEIGHTS */
  open(): OpenSubject;
  /** The same network with other weights. */
  reopened(weights: EvaluatedWeights): TrainedNetwork;
}

/** The network of a run, or the file of weights, that is used. */
export interface NetworkChoice {
  /** By default that of the evaluation. */
  readonly network?: NetworkName;
  /** Steps or folder; the newest checkpoint by default. */
  readonly checkpoint?: string;
  /** A file of weights, safetensors or PyTorch; the path is then that of a pipeline. */
  readonly weights?: string;
  readonly backend?: string;
  /** Place of the data and evaluation settings; with `weights`, any value of the pipeline. */
  readonly set?: readonly string[];
}

/** Opens the network of a run, or of a pipeline with given weights, and activates its backend. @throws CarlError */
export async function trainedNetwork(path: string, choice: NetworkChoice = {}): Promise<TrainedNetwork> {
  const { weights } = choice;
  return weights === undefined ? networkOfRun(path, choice) : networkOfWeights(path, { ...choice, weights });
}

async function networkOfRun(path: string, choice: NetworkChoice): Promise<TrainedNetwork> {
  const opened = await openRun(path, { set: choice.set ?? [], evaluation: true });
  const { run, loaded } = opened;
  const network = judgedNetwork(loaded, choice.network);
  const chosen = await chosenCheckpoint(run, choice.checkpoint);
  const { step, path: folder, sha256, ...weights } = await readCheckpoint(run, chosen, network);
  const head = { step, ...(folder !== undefined && { checkpoint: folder }), ...(network && { network }) };
  const assembly = assemble(loaded);
  const shapes = possibleShapes(assembly);
  const shape = shapes.find(one => fits(assembly, one, weights.tensors)) ?? shapes[0];
  return opening(assembly, { shape, weights, head, sha256, opened }, choice);
}

async function networkOfWeights(
  path: string,
  choice: NetworkChoice & { readonly weights: string },
): Promise<TrainedNetwork> {
  for (const name of ['network', 'checkpoint'] as const)
    if (choice[name] !== undefined)
      throw new CarlError('INPUT_ARGUMENT', `--${name} cannot be given with --weights, which names the file itself.`);
  const loaded = await loadPipeline(path, { ...choice, set: choice.set ?? [] });
  const assembly = assemble(loaded);
  const { initial, shape } = await givenWeights(assembly);
  const weights = { tensors: { ...initial.others, ...initial.tensors }, source: initial.path };
  const head = { step: 0, weights: initial.path };
  return opening(assembly, { shape, weights, head, sha256: initial.sha256 }, choice);
}

/** Reads the weights for images with as many channels as they fit. */
async function givenWeights(assembly: Assembly) {
  const file = assembly.loaded.pipeline.initialWeights!;
  let first: unknown;
  for (const shape of possibleShapes(assembly)) {
    try {
      return { initial: await readInitialWeights(file, assembly.network.encoder.weights(shape.image)), shape };
    } catch (error) {
      if (!CarlError.is(error) || error.code !== 'INPUT_WEIGHTS') throw error;
      first ??= error;
    }
  }
  throw first;
}

async function opening(
  { loaded, network }: Assembly,
  content: Pick<TrainedNetwork, 'shape' | 'weights' | 'head' | 'sha256' | 'opened'>,
  { backend: name }: NetworkChoice,
): Promise<TrainedNetwork> {
  const backend = await activateBackend(name === undefined ? loaded.pipeline.backend : { use: name }, loaded.catalogue);
  const { shape, head } = content;
  const parts = { network, shape, services: loaded.services };
  const withWeights = (weights: EvaluatedWeights): TrainedNetwork => ({
    ...{ loaded, network, backend, ...content, weights },
    open: () => openTrained(parts, weights, head),
    reopened: withWeights,
  });
  return withWeights(content.weights);
}

/** Channels of images, the most frequent first. */
const CHANNELS = [3, 1, 2, ...Array.from({ length: 29 }, (_, i) => i + 4)];

/** Sizes of the network for images with each number of channels that the augmenter takes. @throws PipelineError if it takes none */
function possibleShapes({ loaded, network }: Assembly): readonly NetworkShape[] {
  const augmenter = loaded.services.get(Augmenter);
  const { batchSize } = loaded.pipeline.trainer;
  const taken = CHANNELS.filter(channels => augmenter.outputChannels(channels) !== undefined);
  try {
    return (taken.length > 0 ? taken : [3]).map(channels => shapeFor(augmenter, { network, channels, batchSize }));
  } catch (error) {
    throw located(error, loaded);
  }
}

function fits({ network: { encoder } }: Assembly, { image }: NetworkShape, stored: DiskTensors): boolean {
  const specs = new Map(encoder.weights(image).map(spec => [`encoder.${spec.name}`, spec]));
  const own = Object.entries(stored).filter(([name]) => name.startsWith('encoder.'));
  return misfits(specs, Object.fromEntries(own)).length === 0;
}
