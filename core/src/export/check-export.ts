import type { CheckedImages, ExportedWeights, Exporter, TrainedEncoder } from '../contracts/exporter.js';
import { CarlError } from '../errors/carl-error.js';
import { seededStreams } from '../tensor/random.js';
import { normalizedOnHost, preparationOf } from './trained-encoder.js';
import type { TrainedNetwork } from './trained-network.js';

/** Largest difference of features, as a fraction of the largest feature. */
const TOLERANCE = 1e-4;
const IMAGES = 8;

/** Features of exported files beside those of the run. */
export interface CheckResult {
  /** Program that computed with the files. */
  readonly program: string;
  readonly images: number;
  /** Largest difference, as a fraction of the largest absolute feature. */
  readonly difference: number;
}

/**
 * Loads exported files again and compares their features of random images with those of the run.
 * @throws CarlError INPUT_ARGUMENT if they differ by more than 1e-4
 */
export async function checkExport(
  network: TrainedNetwork,
  {
    exporter,
    encoder,
    folder,
  }: { readonly exporter: Exporter; readonly encoder: TrainedEncoder; readonly folder: string },
): Promise<CheckResult> {
  const images = checkedImages(encoder.image);
  const check = await exporter.check(encoder, folder);
  const raw = await featuresOf(network, images);
  const own = 'unitLength' in check ? unitRows(raw, encoder.featureDim) : raw;
  const [program, found] =
    'weights' in check
      ? ['this program', await featuresOf(withWeights(network, check.weights), images)]
      : [check.program, await check.features(images)];
  const difference = found.length === own.length ? relative(own, found) : Infinity;
  if (!(difference <= TOLERANCE))
    throw new CarlError(
      'INPUT_ARGUMENT',
      `${folder}: the exported files give other features than the run in ${program}: they differ by ${difference.toExponential(1)} ` +
        `of the largest feature, and ${TOLERANCE} is allowed. Report this with the pipeline; do not use the files.`,
    );
  return { program, images: IMAGES, difference };
}

function checkedImages([height, width, channels]: TrainedEncoder['image']): CheckedImages {
  const random = seededStreams(0).at('check export');
  const data = Float32Array.from({ length: IMAGES * height * width * channels }, () => random.uniform());
  return { shape: [IMAGES, height, width, channels], data };
}

async function featuresOf(network: TrainedNetwork, { shape, data }: CheckedImages): Promise<Float32Array> {
  const subject = network.open();
  try {
    const normalized = normalizedOnHost(data, shape[3], preparationOf(network));
    return (await subject.features.apply({ shape, data: normalized })).slice();
  } finally {
    subject.close();
  }
}

/** Largest difference of the features of random images, as a fraction of the largest absolute feature. */
export async function featureDifference(network: TrainedNetwork, other: TrainedNetwork): Promise<number> {
  const images = checkedImages(network.shape.image);
  return relative(await featuresOf(network, images), await featuresOf(other, images));
}

/** The network with other weights of the encoder. */
export function withWeights(network: TrainedNetwork, weights: ExportedWeights): TrainedNetwork {
  const tensors = Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [
      `encoder.${name}`,
      { dtype: 'F32' as const, shape, data },
    ]),
  );
  return network.reopened({ tensors, source: 'the exported file' });
}

function relative(own: Float32Array, found: Float32Array): number {
  const largest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
  return own.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i])), 0) / largest;
}

function unitRows(rows: Float32Array, dim: number): Float32Array {
  const lengths = Array.from({ length: rows.length / dim }, (_, i) =>
    Math.hypot(...rows.subarray(i * dim, (i + 1) * dim)),
  );
  return rows.map((value, at) => value / Math.max(lengths[Math.floor(at / dim)], 1e-12));
}
