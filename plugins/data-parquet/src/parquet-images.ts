import { CarlError, fileFingerprints, inSharedMemory, shareable, type ImageSet } from '@carl-ssl/core';
import { encodedImages, type DecodeRules, type SharedCache } from '@carl-ssl/data-image-folder';
import { dirname, relative, sep } from 'node:path';
import { readParquet, type Columns, type RowGroup } from './parquet-file.js';

/** Files and columns of a set. */
export interface ParquetRules extends Columns {
  readonly files: readonly string[];
  readonly classes?: number;
  readonly maxMegabytes: number;
}

/** Encoded images in memory; plain data that threads can share. */
export interface StoredRows {
  readonly files: readonly string[];
  readonly columns: Columns;
  readonly groups: readonly RowGroup[];
  readonly labels?: Int32Array;
  readonly classNames?: readonly string[];
}

/** Reads the encoded images and the labels of all files. @throws CarlError INPUT_FILE, INPUT_DATA */
export async function readRows({ files, image, label, classes, maxMegabytes }: ParquetRules): Promise<StoredRows> {
  const columns = { image, ...(label !== undefined && { label }) };
  const groups: RowGroup[] = [];
  const labels: number[] = [];
  let classNames: readonly string[] | undefined;
  let most = maxMegabytes * 2 ** 20;
  for (const path of files) {
    const rows = await readParquet(path, { ...columns, most });
    most -= rows.groups.reduce((sum, { content }) => sum + content.length, 0);
    checkLabels(path, rows.labels, classes ?? rows.classes?.length);
    groups.push(...rows.groups);
    for (const one of rows.labels) labels.push(one);
    if (classNames && rows.classes && classNames.join('\n') !== rows.classes.join('\n'))
      throw new CarlError(
        'INPUT_DATA',
        `${path} names other classes than ${files[0]}. Read files of one dataset only.`,
      );
    classNames ??= rows.classes;
  }
  if (groups.every(({ starts }) => starts.length <= 1))
    throw new CarlError('INPUT_DATA', `${files.join(', ')}: the files have no rows. Check the option \`files\`.`);
  const named = classNames && (classes === undefined || classes === classNames.length) && { classNames };
  return { files, columns, groups, ...(label !== undefined && { labels: Int32Array.from(labels) }), ...named };
}

function checkLabels(path: string, labels: readonly number[], classes?: number): void {
  const wrong = classes === undefined ? -1 : labels.findIndex(label => label >= classes);
  if (wrong < 0) return;
  throw new CarlError(
    'INPUT_DATA',
    `${path} has label ${labels[wrong]} in row ${wrong}; with ${classes} classes, labels are 0 to ${classes! - 1}. Correct \`classes\` or the file.`,
  );
}

/** Stored rows with the rules of decoding. */
interface Decoding {
  readonly rows: StoredRows;
  readonly decode: DecodeRules;
  readonly cache: number | SharedCache;
}

/** Makes a set of images that are decoded when they are read. */
export function parquetImages({ rows, decode, cache }: Decoding): ImageSet {
  const { files, columns, groups, labels, classNames } = rows;
  const firsts = firstRows(groups);
  const length = firsts.at(-1)!;
  const stored = {
    length,
    nameOf: (index: number) =>
      `${files.length === 1 ? files[0] : `row group files ${files[0]} to ${files.at(-1)!}`}, row ${index}`,
    read: async (indices: readonly number[]) => indices.map(index => encodedAt(groups, firsts, index)),
  };
  const images = encodedImages(stored, decode, cache);
  const root = dirname(files[0]);
  const set: ImageSet = {
    length,
    ...(labels && { labels, ...(classNames && { classes: classNames }) }),
    channels: decode.channels,
    read: images.read,
    ...fileFingerprints({
      root,
      paths: files.map(path => relative(root, path).split(sep).join('/')),
      rules: [decode, columns, classNames],
    }),
  };
  return shareable(set, () => {
    const shared = groups.map(({ content, starts }) => ({
      content: inSharedMemory(content),
      starts: inSharedMemory(starts),
    }));
    const content: Decoding = {
      rows: { ...rows, groups: shared, ...(labels && { labels: inSharedMemory(labels) }) },
      decode,
      cache: images.share(),
    };
    return { module: import.meta.url, content };
  });
}

/** Rebuilds a set that another thread shares. @public */
export const fromShared = (content: Decoding): ImageSet => parquetImages(content);

/** First row of each group, and the number of all rows. */
function firstRows(groups: readonly RowGroup[]): Int32Array {
  const firsts = new Int32Array(groups.length + 1);
  groups.forEach(({ starts }, i) => (firsts[i + 1] = firsts[i] + starts.length - 1));
  return firsts;
}

function encodedAt(groups: readonly RowGroup[], firsts: Int32Array, index: number): Uint8Array {
  let [low, high] = [0, groups.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (firsts[middle] <= index) low = middle;
    else high = middle - 1;
  }
  const { content, starts } = groups[low];
  const row = index - firsts[low];
  return content.subarray(starts[row], starts[row + 1]);
}
