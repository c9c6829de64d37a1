import { CarlError, withFileParts, type PartReader } from '@carl-ssl/core';
import { parquetMetadataAsync, parquetReadObjects, parquetSchema, type FileMetaData } from 'hyparquet';
import { bufferOf, readChunks } from './chunks.js';
import { classNamesIn } from './class-names.js';
import { compressors } from './compressors.js';
import { checkSupported } from './supported.js';
import { damaged } from './damaged.js';
import { imageOf, labelOf } from './values.js';

/** Columns to read. */
export interface Columns {
  readonly image: string;
  readonly label?: string;
}

/** Rows of a file with their encoded images. */
export interface ParquetRows {
  /** Encoded images of each group of rows, one after the other. */
  readonly groups: readonly RowGroup[];
  readonly labels: readonly number[];
  readonly classes?: readonly string[];
}

/** Images `starts[i]` to `starts[i + 1]` of the content. */
export interface RowGroup {
  readonly content: Uint8Array;
  readonly starts: Int32Array;
}

/** Columns, and the bytes that may be used for images. */
export interface ReadRules extends Columns {
  readonly most: number;
}

/** Reads the images and labels of a file. @throws CarlError INPUT_FILE, INPUT_DATA */
export function readParquet(path: string, rules: ReadRules): Promise<ParquetRows> {
  return withFileParts(path, async parts => {
    const footer = bufferOf(parts, []);
    const metadata = await guarded(path, 'its footer', async () => {
      const read = await parquetMetadataAsync(footer, { geoparquet: false });
      checkColumns(path, read, rules);
      checkSupported(path, read, { image: rules.image, label: rules.label });
      checkSizes(path, parts, { metadata: read, rules });
      return read;
    });
    const groups: RowGroup[] = [];
    const labels: number[] = [];
    let rowStart = 0;
    for (const [number, group] of metadata.row_groups.entries()) {
      const place = (i: number) => ({ path, row: rowStart + i });
      const rows = await guarded(path, `row group ${number}`, async () => {
        const read = await readGroup(parts, { metadata, group, rules, rowStart });
        groups.push(packed(read.map((row, i) => imageOf(row[rules.image], rules.image, place(i)))));
        return read;
      });
      const { label } = rules;
      if (label !== undefined) for (const [i, row] of rows.entries()) labels.push(labelOf(row[label], label, place(i)));
      rowStart += rows.length;
    }
    const classes = rules.label === undefined ? undefined : classNamesIn(metadata, rules.label);
    return { groups, labels, ...(classes && { classes }) };
  });
}

interface GroupPlace {
  readonly metadata: FileMetaData;
  readonly group: FileMetaData['row_groups'][number];
  readonly rules: ReadRules;
  readonly rowStart: number;
}

/** Rows of one group as objects by column. Chunks are read and their pages checked before hyparquet decodes them. */
async function readGroup(
  parts: PartReader,
  { metadata, group, rules, rowStart }: GroupPlace,
): Promise<Record<string, unknown>[]> {
  const count = Number(group.num_rows);
  if (count === 0) return [];
  const columns = columnsOf(rules);
  const file = bufferOf(parts, await readChunks(parts, group, columns));
  const range = { rowStart, rowEnd: rowStart + count };
  const rows = await parquetReadObjects({
    file,
    metadata,
    compressors,
    columns,
    ...range,
    utf8: false,
    geoparquet: false,
  });
  if (rows.length !== count) throw new Error(`it has ${rows.length} rows and ${count} are stated`);
  return rows;
}

/** Bytes that an image takes at least on average, even compressed. */
const LEAST_BYTES = 16;

const columnsOf = ({ image, label }: Columns): string[] => (label === undefined ? [image] : [image, label]);

async function guarded<T>(path: string, place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (CarlError.is(error)) throw error;
    throw damaged(path, `${place} cannot be read (${(error as Error).message})`, error);
  }
}

function checkColumns(path: string, metadata: FileMetaData, columns: Columns): void {
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  for (const [option, column] of Object.entries({ image: columns.image, label: columns.label })) {
    if (column === undefined || names.includes(column)) continue;
    throw new CarlError(
      'INPUT_DATA',
      `${path} has no column "${column}". Its columns: ${names.join(', ').slice(0, 400)}. Set \`${option}\` to one of them.`,
    );
  }
}

/** Refuses impossible numbers of rows, and images that need more memory than is allowed, before pages are decoded. */
function checkSizes(
  path: string,
  { size }: PartReader,
  { metadata, rules }: { metadata: FileMetaData; rules: ReadRules },
): void {
  const rows = metadata.row_groups.map(group => Number(group.num_rows));
  const total = rows.reduce((sum, count) => sum + count, 0);
  if (rows.some(count => !(count >= 0)) || total !== Number(metadata.num_rows) || total > size / LEAST_BYTES)
    throw damaged(path, `it states ${metadata.num_rows} rows, and its groups have ${total} in ${size} bytes`);
  const chunks = metadata.row_groups.flatMap(group => group.columns.map(({ meta_data: chunk }) => chunk));
  const images = chunks.filter(chunk => chunk?.path_in_schema[0] === rules.image);
  const bytes = images.reduce((sum, chunk) => sum + Number(chunk?.total_uncompressed_size ?? 0), 0);
  if (bytes <= rules.most) return;
  throw new CarlError(
    'INPUT_DATA',
    `${path} has images of ${Math.ceil(bytes / 2 ** 20)} MB, which exceeds \`maxMegabytes\` together with the files before it. Encoded images are kept in memory, because Parquet has no random access to single rows. Raise \`maxMegabytes\` if the memory suffices, or convert the files to WebDataset shards or an image folder.`,
  );
}

/** Encoded images of a group in one array. @throws Error if they take 2 GB or more */
function packed(images: readonly Uint8Array[]): RowGroup {
  const length = images.reduce((sum, image) => sum + image.length, 0);
  if (length >= 2 ** 31)
    throw new Error(`its images take ${length} bytes, and a group can have 2 GB; write smaller groups`);
  const starts = new Int32Array(images.length + 1);
  images.forEach((image, i) => (starts[i + 1] = starts[i] + image.length));
  const content = new Uint8Array(length);
  images.forEach((image, i) => content.set(image, starts[i]));
  return { content, starts };
}
