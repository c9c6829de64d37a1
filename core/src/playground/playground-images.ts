import { floatImage } from '../data/float-image.js';
import { examine, type Examination } from '../report/examine-run.js';
import { unitLength, type Plane } from '../report/embedding.js';
import { pictureOf, shrunk } from '../report/picture.js';
import { dataUrl } from '../report/png.js';
import type { PrototypeFacts } from '../report/prototype-facts.js';
import { MAPPED, mapOf, thumbnails } from '../report/run-pictures.js';
import { CELL, spriteOf } from '../report/sprite.js';
import type { RunRecord } from '../run/read-run.js';

/** Images of a run that a page shows beside those of its visitor. Plain data. */
export interface PlaygroundImages {
  readonly split: 'validation' | 'train';
  /** Place of each image in its split, and its class. */
  readonly indices: readonly number[];
  readonly labels?: readonly number[];
  readonly classes?: readonly string[];
  /** Pictures of all images, cell by cell. */
  readonly sheet: { readonly url: string; readonly columns: number; readonly side: number };
  /** Features of unit length [N, D], 32-bit floats in base64. */
  readonly features: string;
  /** UMAP of the features of the first images. */
  readonly plane?: Plane;
  /** Prototypes that gather images. */
  readonly prototypes: readonly PrototypeFacts[];
  /** Images to try, of which none is among the others if there are enough. */
  readonly samples: readonly { readonly url: string; readonly name: string }[];
}

/** Images to try, and the longest side of them: larger ones are shrunk. */
const SAMPLES = 8;
const SAMPLE_SIDE = 512;
/** Images of a run of which none serves as a sample, because there are so few. */
const FEW = 50;

/** Computes features, assignments and a map of some images of a run. @throws as an evaluation does */
export async function playgroundImages(record: RunRecord): Promise<PlaygroundImages> {
  const examination = await examine(record, 'newest');
  const { images, experiment, indices, labels, classes, features, prototypes } = examination;
  const { umap } = await mapOf(examination, features);
  const sheet = spriteOf(await thumbnails(images, indices));
  const { data } = unitLength(features);
  return {
    split: images === experiment.train ? 'train' : 'validation',
    indices,
    ...(labels && classes && { labels, classes }),
    sheet: { url: sheet.url, columns: sheet.columns, side: CELL },
    features: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
    ...(umap && { plane: umap.slice(0, MAPPED) }),
    prototypes: prototypes.at(-1)?.prototypes ?? [],
    samples: await samplesOf(examination),
  };
}

/** Images of the split that were not examined, or the last ones that were. */
async function samplesOf({ images, indices, classes }: Examination): Promise<PlaygroundImages['samples']> {
  const examined = new Set(indices);
  const others: number[] = [];
  for (let at = 0; at < images.length && others.length < SAMPLES; at++) if (!examined.has(at)) others.push(at);
  const chosen = others.length === SAMPLES || indices.length < FEW ? others : [];
  const places = chosen.length > 0 ? chosen : indices.slice(-SAMPLES);
  const stored = await images.read([...places]);
  return stored.map((image, i) => {
    const label = images.labels?.[places[i]];
    const name = [`image ${places[i]}`, ...(label === undefined || !classes ? [] : [classes[label]])].join(', ');
    return { url: dataUrl(shrunk(pictureOf(floatImage(image)), SAMPLE_SIDE)), name };
  });
}
