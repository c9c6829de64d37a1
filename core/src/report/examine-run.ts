import { activateBackend } from '../backend/activate.js';
import { Augmenter } from '../contracts/augmenter.js';
import { Streams } from '../contracts/random.js';
import { mapImages } from '../data/bounded-read.js';
import { packed, type HostImages } from '../data/host-images.js';
import { mappedRows } from '../evaluate/mapped-features.js';
import { blockLength } from '../evaluate/plain-block.js';
import type { OpenSubject } from '../evaluate/run-evaluators.js';
import type { NetworkName } from '../evaluate/results.js';
import { chosenCheckpoint, readCheckpoint } from '../run/chosen-checkpoint.js';
import { evaluationSubjects } from '../run/evaluation-subjects.js';
import type { Experiment } from '../run/experiment.js';
import { judgedNetwork } from '../run/judged-network.js';
import { openExperiment } from '../run/open-pipeline.js';
import { openRun } from '../run/open-run.js';
import type { RunRecord } from '../run/read-run.js';
import type { RunDirectory } from '../run/run-directory.js';
import { seededStreams } from '../tensor/random.js';
import type { Rows } from './embedding.js';
import { PrototypeUseCounter, type PrototypeUse } from './prototype-facts.js';
import type { RunImages } from './run-images.js';
import { gatheredPictures, mapOf, type MappedImages } from './run-pictures.js';
import { className, sampleViews } from './view-samples.js';

/** Images whose assignments are counted, and values of all of them together, so that a run takes seconds to a minute. */
const MOST_IMAGES = 1000;
const MOST_VALUES = 2e7;
const LEAST_IMAGES = 200;
/** Checkpoints whose prototypes are compared. */
const MOST_CHECKPOINTS = 8;
/** Prototypes whose pairs are compared, so that it takes about a second. */
const COMPARED = 2048;
/** Images whose views are shown. */
const VIEWED = 4;

/** Images that are examined, prepared for the encoder. */
interface Examined extends MappedImages {
  readonly blocks: readonly HostImages[];
}

/** What an examination of a run gives. */
export interface Examination extends Examined {
  /** Features of the images at the newest checkpoint. */
  readonly features: Rows;
  /** Of each examined checkpoint; empty for networks without prototypes. */
  readonly prototypes: readonly PrototypeUse[];
  readonly experiment: Experiment;
  readonly network: NetworkName | undefined;
  /** Optimizer steps of the newest checkpoint. */
  readonly step: number;
  readonly classes?: readonly string[];
}

/**
 * Opens the data of a run and computes features of some of its validation images (training images without such a split) with
 * the newest checkpoint, and their assignments with it or with each kept checkpoint.
 * @throws CarlError if data, backend or plugins are missing, or the run has no checkpoint
 */
export async function examine(
  { path, checkpoints }: Pick<RunRecord, 'path' | 'checkpoints'>,
  which: 'kept' | 'newest',
): Promise<Examination> {
  const { run, loaded } = await openRun(path);
  await activateBackend(loaded.pipeline.backend, loaded.catalogue);
  const experiment = await openExperiment(loaded, 'evaluation');
  const network = judgedNetwork(loaded);
  const examined = await examinedImages(experiment);
  const { step } = await chosenCheckpoint(run);
  const isEach = which === 'kept' && experiment.network.assigner !== undefined;
  const kept = isEach ? spaced(checkpoints.map(one => one.step)) : [];
  const prototypes: PrototypeUse[] = [];
  let features: Rows | undefined;
  for (const one of [...new Set([...kept, step])]) {
    const computed = await atCheckpoint({ experiment, run, network, step: one }, examined);
    if (computed.use) prototypes.push(computed.use);
    features = computed.features;
  }
  const { images, labels } = examined;
  const counted = labels && Math.max(images.classes?.length ?? 0, ...labels.map(label => label + 1));
  return {
    ...{ ...examined, features: features!, prototypes, experiment, network, step },
    ...(counted !== undefined && { classes: Array.from({ length: counted }, (_, label) => className(images, label)) }),
  };
}

/** The images of a report: a map of the features, prototypes, and views of some training images. @throws as {@link examine} */
export async function examineRun(record: RunRecord, key: string): Promise<RunImages> {
  const examination = await examine(record, 'kept');
  const { images, experiment, network, step, classes, features, prototypes } = examination;
  return {
    key,
    split: images === experiment.train ? 'train' : 'validation',
    ...(network && { network }),
    step,
    ...(classes && { classes }),
    map: await mapOf(examination, features),
    prototypes,
    ...(await gatheredPictures(examination, prototypes.at(-1))),
    views: await viewsOf(experiment),
  };
}

/** Evenly spaced values, with the first and the last. */
function spaced(values: readonly number[]): readonly number[] {
  if (values.length <= MOST_CHECKPOINTS) return values;
  const last = MOST_CHECKPOINTS - 1;
  return Array.from({ length: MOST_CHECKPOINTS }, (_, i) => values[Math.round((i * (values.length - 1)) / last)]);
}

async function examinedImages({ train, held, shape, services }: Experiment): Promise<Examined> {
  const images = held.validation ?? train;
  const values = shape.image.reduce((a, b) => a * b, 1);
  const count = Math.min(images.length, MOST_IMAGES, Math.max(LEAST_IMAGES, Math.floor(MOST_VALUES / values)));
  // Not the streams of the run: all runs on the same data show the same images.
  const indices = [...seededStreams(0).at('report images').permutation(images.length).subarray(0, count)];
  const augmenter = services.get(Augmenter);
  const length = blockLength(shape.image);
  const blocks: HostImages[] = [];
  for (let from = 0; from < count; from += length)
    blocks.push(packed(await mapImages(images, indices.slice(from, from + length), image => augmenter.plain(image))));
  const { labels } = images;
  return { images, indices, blocks, ...(labels && { labels: indices.map(index => labels[index]) }) };
}

interface AtStep {
  readonly experiment: Experiment;
  readonly run: RunDirectory;
  readonly network: NetworkName | undefined;
  readonly step: number;
}

async function atCheckpoint(at: AtStep, examined: Examined): Promise<{ features: Rows; use?: PrototypeUse }> {
  const { experiment, run, network, step } = at;
  const weights = await readCheckpoint(run, await chosenCheckpoint(run, String(step)), network);
  const [trained] = evaluationSubjects(experiment, weights, { step, ...(network && { network }) });
  const subject = await trained.open();
  try {
    const { dim } = subject.features;
    const data = new Float32Array(examined.indices.length * dim);
    let row = 0;
    for (const block of examined.blocks) {
      data.set(await subject.features.apply(block), row * dim);
      row += block.shape[0];
    }
    const features = { data, count: row, dim };
    const use = experiment.network.assigner && (await useOf(subject, features, { step, examined }));
    return { features, ...(use && { use }) };
  } finally {
    subject.close();
  }
}

async function useOf(
  subject: OpenSubject,
  { data, count, dim }: Rows,
  { step, examined: { labels } }: { readonly step: number; readonly examined: Examined },
): Promise<PrototypeUse> {
  const map = subject.output!('assignments');
  try {
    const counter = new PrototypeUseCounter(map.prototypeSets!);
    const height = Math.max(1, Math.min(200, Math.floor(2 ** 22 / map.dim)));
    for (let from = 0; from < count; from += height) {
      const rows = data.subarray(from * dim, (from + height) * dim);
      counter.add(await mappedRows(map, rows, dim));
    }
    const vectors = map.dim > COMPARED ? undefined : map.prototypes?.();
    const compared = vectors && { data: await vectors.data<'float32'>(), dim: vectors.shape[1] };
    return counter.result(step, { ...(labels && { labels }), ...(compared && { vectors: compared }) });
  } finally {
    map.close();
  }
}

async function viewsOf({ train, services }: Experiment): Promise<RunImages['views']> {
  const source = { images: train, augmenter: services.get(Augmenter), streams: services.get(Streams) };
  return sampleViews(source, { epoch: 0, count: Math.min(VIEWED, train.length) });
}
