import type { Preparation } from '../contracts/augmenter.js';
import type { ExportedFiles, TrainedEncoder } from '../contracts/exporter.js';
import { resultsTable, type Results } from '../evaluate/results.js';
import type { Lock } from '../run/lock.js';
import { type PrecisionLoss, lossLines } from './precision-loss.js';
import type { TrainedNetwork } from './trained-network.js';

/** Content of a model card. */
export interface CardContent {
  readonly network: TrainedNetwork;
  readonly encoder: TrainedEncoder;
  readonly exported: ExportedFiles;
  /** Identifier of the licence of the weights. */
  readonly license: string;
  /** Results of these weights, if there are any. */
  readonly results?: Results;
  readonly lock?: Lock;
  /** Loss by rounded weights, if they are. */
  readonly loss?: PrecisionLoss;
}

/**
 * Model card of an exported encoder with the header that Hugging Face reads.
 * @see https://huggingface.co/docs/hub/model-cards
 */
export function modelCard(content: CardContent): string {
  const { encoder, exported, license } = content;
  const { use } = encoder.encoder;
  const header = [
    '---',
    `license: ${license}`,
    `library_name: ${exported.library}`,
    'pipeline_tag: image-feature-extraction',
    'tags:',
    ...['self-supervised-learning', 'image-feature-extraction', use].map(tag => `  - ${tag}`),
    '---',
  ];
  const [height, width, channels] = encoder.image;
  const kind = { 1: 'greyscale images', 3: 'RGB images' }[channels] ?? `images of ${channels} channels`;
  const images = `${height} x ${width} ${kind}`;
  return `${[
    header.join('\n'),
    `# ${encoder.name}`,
    `An encoder (\`${use}\`) of ${images}: features of ${encoder.featureDim} values, trained without labels.`,
    '## How to load it',
    exported.usage.trim(),
    '## Preprocessing',
    preprocessing(content),
    '## Training',
    training(content),
    '## Quality',
    quality(content.results),
    ...(content.loss ? ['## Precision', precision(content.loss)] : []),
    '## Licence',
    licence(license),
  ].join('\n\n')}\n`;
}

function licence(license: string): string {
  const own =
    license === 'unknown' ? 'Unknown: the author of these weights has not chosen a licence.' : `\`${license}\`.`;
  return `${own} The data may have a licence of their own.`;
}

function preprocessing({ network, encoder: { preparation, image } }: CardContent): string {
  const [height, width] = image;
  if (!preparation)
    return `Images of ${height} x ${width} pixels as the augmenter of the pipeline prepares them. It does not describe its steps.`;
  return [
    'As in every evaluation of this encoder:',
    [...turning(network), ...steps(preparation)].map((step, i) => `${i + 1}. ${step}`).join('\n'),
    torchvisionTransforms(preparation),
  ].join('\n\n');
}

/** How photographs are read, unless those of the run were taken as they are stored. */
function turning({ loaded: { pipeline } }: TrainedNetwork): readonly string[] {
  if (JSON.stringify(pipeline.data).includes('"orient":false')) return [];
  return ['Turn photographs by their orientation tag (EXIF), as `PIL.ImageOps.exif_transpose` does.'];
}

function steps({ resize, interpolation, antialias, crop: [height, width], mean, std }: Preparation): readonly string[] {
  const size =
    resize === 'cover'
      ? `to the smallest size that covers ${height} x ${width}`
      : `so that the shorter side has ${resize} pixels`;
  return [
    `Resize ${size}, keeping the aspect ratio: ${interpolation}${antialias ? ', with antialiasing' : ', without antialiasing'}.`,
    `Crop the centre, ${height} x ${width} pixels.`,
    'Divide bytes by 255, so that values are in [0, 1].',
    `Normalise each channel: subtract the mean ${list(mean)}, divide by the standard deviation ${list(std)}.`,
  ];
}

function torchvisionTransforms({ resize, interpolation, antialias, crop, mean, std }: Preparation): string {
  const [height, width] = crop;
  const shorter = resize === 'cover' ? (height === width ? height : undefined) : resize;
  if (shorter === undefined) return 'torchvision has no transform for a crop that is not square.';
  return [
    'With torchvision (it differs by rounding, because it resizes bytes):',
    '',
    '```python',
    'import torch',
    'from torchvision.transforms import v2',
    '',
    'transform = v2.Compose([',
    `    v2.Resize(${shorter}, interpolation=v2.InterpolationMode.${interpolation.toUpperCase()}, antialias=${antialias ? 'True' : 'False'}),`,
    `    v2.CenterCrop((${height}, ${width})),`,
    '    v2.ToImage(),',
    '    v2.ToDtype(torch.float32, scale=True),',
    `    v2.Normalize(mean=${list(mean)}, std=${list(std)}),`,
    '])',
    '```',
  ].join('\n');
}

const list = (values: readonly number[]): string => `[${values.join(', ')}]`;

function training({ network, lock }: CardContent): string {
  const { loaded, head, sha256 } = network;
  const isGiven = head.weights !== undefined;
  const facts = isGiven ? ['- The weights were given as a file; their training is not known.'] : method(network);
  return [
    [...facts, `- SHA-256 of the weights in the run: \`${sha256}\`.`].join('\n'),
    ...(isGiven || !lock ? [] : [dataTable(lock)]),
    ['The encoder as configured:', '', '```json', JSON.stringify(loaded.pipeline.encoder, null, 2), '```'].join('\n'),
  ].join('\n\n');
}

function method({ loaded: { pipeline }, head }: TrainedNetwork): readonly string[] {
  const { objective, assigner, teacher, data, trainer, seed } = pipeline;
  const parts = [
    `objective \`${objective.use}\``,
    ...(assigner ? [`assigner \`${assigner.use}\``] : []),
    ...(teacher ? [`weights of the ${head.network}`] : []),
  ];
  return [
    `- Method: ${parts.join(', ')}.`,
    `- Data: \`${data.use}\`; ${head.step} steps of ${trainer.batchSize} images, seed ${seed}.`,
  ];
}

function dataTable({ data }: Lock): string {
  const rows = Object.entries(data).map(
    ([split, { images, sha256, quick }]) => `| ${split} | ${images} | \`${sha256 ?? quick ?? 'not computed'}\` |`,
  );
  return ['| split | images | fingerprint (SHA-256) |', '| --- | --- | --- |', ...rows].join('\n');
}

function quality(results: Results | undefined): string {
  if (!results || results.trained.length === 0)
    return 'These weights have not been evaluated. `carl evaluate` measures them; export again afterwards.';
  return [
    'Measured on frozen features. The names of the metrics state their protocol; the baselines are the same network before training and raw pixels.',
    ['```text', resultsTable(results), '```'].join('\n'),
  ].join('\n\n');
}

function precision(loss: PrecisionLoss): string {
  return [
    'The weights in the files are rounded to float16 numbers. Compared with the float32 weights of the run:',
    lossLines(loss)
      .map(line => `- ${line}`)
      .join('\n'),
  ].join('\n\n');
}
