import * as tf from '@tensorflow/tfjs-core';
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import { activate, type BackendChoice, type BackendName } from './backend.js';
import { readImage } from './image-file.js';
import { checkedModel, readModel, type EncoderFacts, type ModelFiles } from './model-files.js';
import { imageOf, type Image, type ImageInput } from './pixels.js';
import { prepared } from './prepare.js';

/** Result for one image. */
export interface Embedding {
  readonly features: Float32Array;
  /** Probabilities of the prototypes, if they were exported. */
  readonly assignments?: Float32Array;
}

/** A loaded encoder. */
export interface Encoder extends EncoderFacts {
  readonly backend: BackendName;
  /** Prepares an image as for the evaluation of the encoder and computes its features. @throws Error if the pixels do not fit */
  embed(image: ImageInput): Promise<Embedding>;
  /** The same for several images in one pass. */
  embedAll(images: readonly ImageInput[]): Promise<readonly Embedding[]>;
  /** Releases the memory of the weights. */
  close(): void;
}

/**
 * Loads an encoder that `carl export --format tfjs` has written: the URL of its `model.json`, in Node.js also a path, or its
 * content.
 * @throws Error if it cannot be read, or the backend cannot be used here
 */
export async function load(source: string | URL | ModelFiles, choice: BackendChoice = {}): Promise<Encoder> {
  const isFiles = typeof source === 'object' && 'weights' in source;
  const [files, backend] = await Promise.all([isFiles ? source : readModel(source), activate(choice)]);
  const json = checkedModel(files.model, isFiles ? 'The model' : String(source));
  const { modelTopology, signature, format, weightsManifest } = json;
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const artifacts = { modelTopology, signature, format, weightSpecs, weightData: files.weights };
  const model = await loadGraphModel(tf.io.fromMemory(artifacts));
  const { format: _, ...facts } = json.userDefinedMetadata.carl;
  const embedAll = async (inputs: readonly ImageInput[]): Promise<readonly Embedding[]> => {
    if (inputs.length === 0) return [];
    if (tf.getBackend() !== backend) await tf.setBackend(backend);
    const images = await Promise.all(inputs.map(input => ready(input, facts)));
    return computed(model, images, facts);
  };
  return {
    ...facts,
    backend,
    embedAll,
    embed: async image => (await embedAll([image]))[0],
    close: () => model.dispose(),
  };
}

/** An image as the model takes it. */
async function ready(input: ImageInput, { image, preparation }: EncoderFacts): Promise<Image> {
  const [height, width, channels] = image;
  const pixels = typeof input === 'string' ? await readImage(input) : input;
  const own = imageOf(pixels, channels);
  if (preparation) return prepared(own, preparation);
  if (own.height === height && own.width === width && pixels.data instanceof Float32Array) return own;
  throw new Error(`The preprocessing of this encoder is not described. Give images of ${height} x ${width} pixels that are prepared and normalised, as a Float32Array with its shape.`); // prettier-ignore
}

async function computed(
  model: GraphModel,
  images: readonly Image[],
  facts: EncoderFacts,
): Promise<readonly Embedding[]> {
  const names = facts.prototypeCount === undefined ? ['features'] : ['features', 'assignments'];
  const [{ height, width, channels }] = images;
  const data = new Float32Array(images.length * height * width * channels);
  images.forEach((image, i) => data.set(image.data, i * height * width * channels));
  const outputs = tf.tidy(() => model.execute({ images: tf.tensor4d(data, [images.length, height, width, channels]) }, names)); // prettier-ignore
  const tensors = [outputs].flat();
  try {
    const [features, assignments] = (await Promise.all(tensors.map(tensor => tensor.data()))) as Float32Array[];
    return images.map((_, i) => ({
      features: row(features, i, images.length),
      ...((assignments as Float32Array | undefined) && { assignments: row(assignments, i, images.length) }),
    }));
  } finally {
    tf.dispose(tensors);
  }
}

function row(values: Float32Array, i: number, count: number): Float32Array {
  const dim = values.length / count;
  return values.slice(i * dim, (i + 1) * dim);
}
