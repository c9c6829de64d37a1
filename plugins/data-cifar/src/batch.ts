import { CarlError, readUserFile } from '@carl-ssl/core';
import { PLANES, refusal, type Batch, type LabelColumn, type Layout } from './layout.js';
import { pythonBatch } from './python-batch.js';

/** First byte of a pickle of protocol 2 or later; no label is as large. */
const PICKLE = 0x80;

/** Reads a batch, binary or a pickle of Python, by its content. @throws CarlError INPUT_FILE, INPUT_DATA */
export async function readBatch(path: string, layout: Layout): Promise<Batch> {
  const bytes = await readUserFile(path);
  if (bytes.length === 0) throw refusal(path, layout, 'it is empty');
  const batch = bytes[0] === PICKLE ? pythonBatch(bytes, path, layout) : binaryBatch(bytes, path, layout);
  layout.columns.forEach(column => checkLabels(batch, column, path));
  return batch;
}

function binaryBatch(bytes: Uint8Array, path: string, layout: Layout): Batch {
  const { columns } = layout;
  const record = columns.length + PLANES;
  const over = bytes.length % record;
  if (over !== 0)
    throw refusal(
      path,
      layout,
      `it has ${bytes.length} bytes, and a record has ${record}: the one at byte ${bytes.length - over} is incomplete`,
    );
  const starts = Array.from({ length: bytes.length / record }, (_, i) => i * record);
  return {
    planes: starts.map(start => bytes.subarray(start + columns.length, start + record)),
    labels: new Map(columns.map(({ name }, at) => [name, Uint8Array.from(starts, start => bytes[start + at])])),
  };
}

function checkLabels({ labels }: Batch, { name, classes }: LabelColumn, path: string): void {
  const values = Array.from(labels.get(name)!);
  const wrong = values.findIndex(label => !(Number.isInteger(label) && label >= 0 && label < classes));
  if (wrong < 0) return;
  throw new CarlError(
    'INPUT_DATA',
    `${path} has the ${name} label ${values[wrong]} for image ${wrong}; labels are 0 to ${classes - 1}. Is it a file of the other CIFAR dataset? Otherwise download it again.`,
  );
}
