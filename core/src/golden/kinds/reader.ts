import { join } from 'node:path';
import type { ImageSet } from '../../contracts/image-set.js';
import type { HostArray } from '../../contracts/metric.js';
import { slots } from '../../contracts/slots.js';
import { floatImage } from '../../data/float-image.js';
import { packed } from '../../data/host-images.js';
import type { RunKind } from '../bench.js';
import type { Outputs } from '../compare.js';

/**
 * Reads the files of the case: `images`, or `image.<i>` if sizes differ, as floats in [0, 1]; `labels`; and
 * `coarseLabels` by the option `labels: coarse`.
 */
export const reader: RunKind = async (golden, bench) => {
  const component = bench.make(slots.reader, { use: golden.use, ...inFolder(golden.options, golden.folder) });
  if (!component) return undefined;
  const set = await component.read();
  const stored = await set.read(Array.from({ length: set.length }, (_, i) => i));
  const images = stored.map(floatImage);
  const outputs: Record<string, HostArray> = { ...labelsOf(set, 'labels') };
  if ('coarseLabels' in (golden.expect ?? {})) {
    const coarse = { use: golden.use, ...inFolder(golden.options, golden.folder), labels: 'coarse' };
    Object.assign(outputs, labelsOf((await bench.make(slots.reader, coarse)?.read())!, 'coarseLabels'));
  }
  if ('images' in (golden.expect ?? {})) return { ...outputs, images: packed(images) };
  const single = images.map(
    ({ height, width, channels, data }, i) =>
      [`image.${String(i)}`, { shape: [height, width, channels], data }] as const,
  );
  return { ...outputs, ...Object.fromEntries(single) } satisfies Outputs;
};

function labelsOf({ labels, length }: ImageSet, output: string): Record<string, HostArray> {
  return labels ? { [output]: { shape: [length], data: labels } } : {};
}

/** Options name files relative to the case: every text, or list of texts, that starts with `files`. */
function inFolder(options: Readonly<Record<string, unknown>>, folder: string): Record<string, unknown> {
  const located = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(located);
    return typeof value === 'string' && /^files(\/|$)/.test(value) ? join(folder, value) : value;
  };
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, located(value)]));
}
