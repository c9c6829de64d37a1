import * as tf from '@tensorflow/tfjs-core';
import { activateBackend } from '../backend/activate.js';
import { Augmenter } from '../contracts/augmenter.js';
import type { ImageSet } from '../contracts/image-set.js';
import { Streams } from '../contracts/random.js';
import { mapImages } from '../data/bounded-read.js';
import { floatImage } from '../data/float-image.js';
import { packed, type HostImages } from '../data/host-images.js';
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
import { FEWEST, principalComponents, umapOf, unitLength, type Rows } from './embedding.js';
import { pictureOf, shrunk } from './picture.js';
import type { Picture } from './png.js';
import { PrototypeUseCounter, type PrototypeUse } from './prototype-facts.js';
import { SHOWN_PROTOTYPES, type EmbeddingMap, type GatheredPictures, type RunImages } from './run-images.js';
import { CELL, spriteOf } from './sprite.js';
import { className, sampleViews } from './view-samples.js';

/** Images whose assignments are counted, and values of all of them together, so that a run takes seconds to a minute. */
const MOST_IMAGES = 1000;
const MOST_VALUES = 2e7;
const LEAST_IMAGES = 200;
/** Images on the map. */
const MAPPED = 400;
/** Checkpoints whose prototypes are compared. */
const MOST_CHECKPOINTS = 8;
/** Prototypes whose pairs are compared, so that it takes about a second. */
const COMPARED = 2048;
/** Images whose views are shown. */
const VIEWED = 4;

/** Images that are examined, prepared for the encoder. */
interface Examined {
  readonly images: ImageSet;
  /** Places in the set, in random order. */
  readonly indices: readonly number[];
  readonly labels?: readonly number[];
  readonly blocks: readonly HostImages[];
}

/**
 * Opens the data of a run and computes features of some of its validation images (training images without such a split) with
 * the newest checkpoint, their assignments with each kept checkpoint, and the views of some training images.
 * @throws CarlError if data, backend or plugins are missing, or the run has no checkpoint
 */
export async function examineRun({ path, checkpoints }: RunRecord, key: string): Promise<RunImages> {
  const { run, loaded } = await openRun(path);
  await activateBackend(loaded.pipeline.backend, loaded.catalogue);
  const experiment = await openExperiment(loaded, 'evaluation');
  const network = judgedNetwork(loaded);
  const examined = await examinedImages(experiment);
  const newest = (await chosenCheckpoint(run)).step;
  const kept = experiment.network.assigner ? spaced(checkpoints.map(({ step }) => step)) : [];
  const prototypes: PrototypeUse[] = [];
  let features: Rows | undefined;
  for (const step of [...new Set([...kept, newest])]) {
    const computed = await atCheckpoint({ experiment, run, network, step }, examined);
    if (computed.use) prototypes.push(computed.use);
    features = computed.features;
  }
  const { images, labels } = examined;
  const counted = labels && Math.max(images.classes?.length ?? 0, ...labels.map(label => label + 1));
  return {
    key,
    split: images === experiment.train ? 'train' : 'validation',
    ...(network && { network }),
    step: newest,
    ...(counted !== undefined && { classes: Array.from({ length: counted }, (_, label) => className(images, label)) }),
    map: await mapOf(examined, features!),
    prototypes,
    ...(await gatheredPictures(examined, prototypes.at(-1))),
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
      const assignments = tf.tidy(() => map.apply(tf.tensor2d(rows, [rows.length / dim, dim])));
      counter.add(await assignments.data<'float32'>());
      assignments.dispose();
    }
    const vectors = map.dim > COMPARED ? undefined : map.prototypes?.();
    const compared = vectors && { data: await vectors.data<'float32'>(), dim: vectors.shape[1] };
    return counter.result(step, { ...(labels && { labels }), ...(compared && { vectors: compared }) });
  } finally {
    map.close();
  }
}

async function mapOf({ images, indices, labels }: Examined, features: Rows): Promise<EmbeddingMap> {
  const { dim } = features;
  const count = Math.min(MAPPED, features.count);
  const rows = unitLength({ data: features.data.subarray(0, count * dim), count, dim });
  const isDrawn = count >= FEWEST && rows.data.every(Number.isFinite);
  return {
    indices: indices.slice(0, count),
    ...(labels && { labels: labels.slice(0, count) }),
    pictures: spriteOf(await thumbnails(images, indices.slice(0, count))),
    ...(isDrawn && { pca: principalComponents(rows), umap: await umapOf(rows) }),
  };
}

async function gatheredPictures(
  { images, indices }: Examined,
  use: PrototypeUse | undefined,
): Promise<{ gathered?: GatheredPictures }> {
  if (!use) return {};
  const places = [...new Set(use.prototypes.slice(0, SHOWN_PROTOTYPES).flatMap(({ top }) => top))];
  const pictures = await thumbnails(
    images,
    places.map(place => indices[place]),
  );
  return {
    gathered: {
      pictures: spriteOf(pictures),
      cells: Object.fromEntries(places.map((place, cell) => [place, cell])),
      indices: Object.fromEntries(places.map(place => [place, indices[place]])),
    },
  };
}

async function thumbnails(images: ImageSet, indices: readonly number[]): Promise<readonly Picture[]> {
  return mapImages(images, indices, image => shrunk(pictureOf(floatImage(image)), CELL));
}

async function viewsOf({ train, services }: Experiment): Promise<RunImages['views']> {
  const source = { images: train, augmenter: services.get(Augmenter), streams: services.get(Streams) };
  return sampleViews(source, { epoch: 0, count: Math.min(VIEWED, train.length) });
}
