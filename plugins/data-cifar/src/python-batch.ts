import { PLANES, refusal, type Batch, type Layout } from './layout.js';
import { PickleError, readPickle } from './pickle.js';
import type { PickledValue } from './pickled-object.js';

/** Reads a batch of the Python version: a dictionary with `data`, [N, 3072] bytes, and lists of labels. @throws CarlError INPUT_DATA */
export function pythonBatch(bytes: Uint8Array, path: string, layout: Layout): Batch {
  const content = contentOf(bytes, path, layout);
  const data = content.get('data');
  if (!isPlanes(data)) throw refusal(path, layout, `its entry \`data\` is not an array [N, ${PLANES}] of bytes`);
  const [count] = data.shape;
  if (count === 0) throw refusal(path, layout, 'it has no images');
  const labels = layout.columns.map(({ name, key }) => {
    const values = content.get(key);
    if (!Array.isArray(values) || values.length !== count || !values.every(one => typeof one === 'number'))
      throw refusal(path, layout, `its entry \`${key}\` is not a list of ${count} labels, one for each image`);
    return [name, values] as const;
  });
  const planes = Array.from({ length: count }, (_, i) => data.data.subarray(i * PLANES, (i + 1) * PLANES));
  return { planes, labels: new Map(labels) };
}

function contentOf(bytes: Uint8Array, path: string, layout: Layout): Map<string, PickledValue> {
  try {
    const content = readPickle(bytes);
    if (content instanceof Map) return content;
  } catch (error) {
    if (error instanceof PickleError)
      throw refusal(path, layout, `as a Python pickle it is damaged or unsafe: ${error.message}`);
    throw error;
  }
  throw refusal(path, layout, 'as a Python pickle it must hold a dictionary');
}

interface PlaneArray {
  readonly shape: readonly [number, number];
  readonly data: Uint8Array;
}

function isPlanes(value: PickledValue | undefined): value is PickledValue & PlaneArray {
  if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== 'array') return false;
  const { shape, dtype, data } = value;
  if (dtype !== 'u1' || shape?.length !== 2 || shape[1] !== PLANES) return false;
  return data?.length === shape[0] * PLANES;
}
