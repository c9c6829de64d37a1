import { CarlError } from '../errors/carl-error.js';
import { isJsonObject } from '../files/json-object.js';
import { otherFormat } from './other-formats.js';
import { STORED_DTYPES } from './stored-dtype.js';

/** A tensor as stored in a file, row by row. */
export type StoredTensor =
  | { readonly dtype: 'F32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'I32'; readonly shape: readonly number[]; readonly data: Int32Array };

/** A tensor to write: also one of 16-bit floats, given as their bits. */
export type WrittenTensor =
  StoredTensor | { readonly dtype: 'F16'; readonly shape: readonly number[]; readonly data: Uint16Array };

/** Contents of a safetensors file. */
export interface Safetensors {
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Number format of each tensor in the file, such as F16. */
  readonly dtypes: Readonly<Record<string, string>>;
}

interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

const METADATA = '__metadata__';
/** Limit of the format's reference implementation. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * The bytes of a safetensors file: 8 bytes with the header's length, a JSON header padded to a multiple of 8, the data.
 * Names are sorted, so equal tensors give equal bytes.
 * @throws CarlError SHAPE
 * @see https://github.com/huggingface/safetensors
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, WrittenTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const names = Object.keys(tensors).sort();
  const fields = Object.keys(metadata).length === 0 ? [] : [field(METADATA, sortedByKey(metadata))];
  let end = 0;
  for (const name of names) {
    const { dtype, shape, data } = checkedTensor(name, tensors[name]);
    fields.push(field(name, { dtype, shape, data_offsets: [end, (end += data.byteLength)] }));
  }
  const header = new TextEncoder().encode(`{${fields.join(',')}}`);
  const start = 8 + Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(header, 8);
  let offset = start;
  for (const name of names) {
    const { data } = tensors[name];
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes;
}

/** Names of files that PyTorch usually writes. */
const TORCH_NAME = /\.(pth|pt|ckpt|bin)$/i;

/**
 * Reads a safetensors file. F64, F16 and BF16 become F32; I64, I16, I8, U8 and BOOL become I32; a number that does
 * not fit is refused. Strict: the tensors must cover the data without gap or overlap.
 * @param file name for messages
 * @throws CarlError INPUT_FILE
 */
export function decodeSafetensors(bytes: Uint8Array, file: string): Safetensors {
  const refuse = (problem: string): never => {
    const other = otherFormat(bytes, file);
    throw new CarlError(
      'INPUT_FILE',
      other
        ? `${file} is not a safetensors file but ${other}`
        : `${file} ${TORCH_NAME.test(file) ? 'is neither a PyTorch checkpoint nor' : 'is not'} a valid safetensors file: ${problem}. It may be damaged or incomplete; copy or download it again.`,
    );
  };
  const start = 8 + headerLength(bytes, refuse);
  const header = parsedHeader(bytes.subarray(8, start), refuse);
  const { [METADATA]: metadata = {}, ...described } = header;
  if (!isJsonObject(metadata) || Object.values(metadata).some(value => typeof value !== 'string'))
    return refuse(`"${METADATA}" must map names to strings`);
  const entries = Object.entries(described).map(([name, value]) => checkedEntry(name, value, refuse));
  checkCover(entries, bytes.length - start, refuse);
  // Not a subarray: that of a Buffer is a Buffer, whose `slice` does not copy.
  const data = new Uint8Array(bytes.buffer, bytes.byteOffset + start, bytes.length - start);
  const tensors = entries.map(entry => [entry.name, values(entry, data, refuse)] as const);
  return {
    tensors: Object.fromEntries(tensors),
    metadata: metadata as Record<string, string>,
    dtypes: Object.fromEntries(entries.map(({ name, dtype }) => [name, dtype])),
  };
}

type Refuse = (problem: string) => never;

const field = (name: string, value: unknown): string => `${JSON.stringify(name)}:${JSON.stringify(value)}`;

const sortedByKey = (record: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

const count = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

function checkedTensor(name: string, tensor: WrittenTensor): WrittenTensor {
  if (name === METADATA)
    throw new CarlError('SHAPE', `A tensor cannot be named "${METADATA}": safetensors files use it themselves.`);
  if (count(tensor.shape) === tensor.data.length) return tensor;
  const found = `shape [${tensor.shape.join(', ')}] and ${tensor.data.length} values`;
  throw new CarlError('SHAPE', `Tensor "${name}" has ${found}; the product of its shape must be the number of values.`);
}

function headerLength(bytes: Uint8Array, refuse: Refuse): number {
  if (bytes.length < 8) return refuse(`it has ${bytes.length} bytes, and the length of the header alone takes 8`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES)
    return refuse(`its header claims ${length} bytes, at most ${MAX_HEADER_BYTES} are allowed`);
  if (length > bytes.length - 8)
    return refuse(`its header claims ${length} bytes, the file has ${bytes.length - 8} after the length`);
  return Number(length);
}

function parsedHeader(bytes: Uint8Array, refuse: Refuse): Record<string, unknown> {
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
  } catch (error) {
    return refuse(`its header (byte 8 to ${8 + bytes.length}) is not JSON (${(error as Error).message})`);
  }
  if (!isJsonObject(header) || !text.startsWith('{'))
    return refuse('its header must be a JSON object that starts at byte 8');
  const parsed = Object.values(header).reduce<number>(
    (sum, value) => sum + 1 + (isJsonObject(value) ? Object.keys(value).length : 0),
    0,
  );
  if (writtenKeys(text) !== parsed) return refuse('its header has a name twice, or objects nested too deeply');
  return header;
}

/** Keys as written; JSON.parse keeps only the last of equal ones. */
function writtenKeys(json: string): number {
  return json.replace(/"(?:[^"\\]+|\\.)*"/g, '').split(':').length - 1;
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(item => Number.isSafeInteger(item) && item >= 0);
}

function checkedEntry(name: string, value: unknown, refuse: Refuse): Entry {
  const at = `tensor "${name}"`;
  if (!isJsonObject(value)) return refuse(`${at} must be described by an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(STORED_DTYPES, dtype))
    return refuse(`${at} has dtype ${JSON.stringify(dtype)}; supported are ${Object.keys(STORED_DTYPES).join(', ')}`);
  if (!isSizes(shape)) return refuse(`${at} has shape ${JSON.stringify(shape)}; whole numbers from 0 are needed`);
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0] > offsets[1])
    return refuse(`${at} has data_offsets ${JSON.stringify(offsets)}; [begin, end] with begin <= end is needed`);
  const [begin, end] = offsets;
  const needed = count(shape) * STORED_DTYPES[dtype].bytes;
  if (needed !== end - begin)
    return refuse(`${at} needs ${needed} bytes (${dtype} [${shape.join(', ')}]) and has ${end - begin}`);
  return { name, dtype, shape, begin, end };
}

function checkCover(entries: readonly Entry[], length: number, refuse: Refuse): void {
  let position = 0;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== position) refuse(`tensor "${name}" begins at byte ${begin} of the data, expected ${position}`);
    position = end;
  }
  if (position !== length)
    refuse(`its tensors end at byte ${position} of the data, and the file has ${length} bytes of data`);
}

function values(entry: Entry, data: Uint8Array, refuse: Refuse): StoredTensor {
  const { dtype, shape, begin, end, name } = entry;
  const { bytes, kind, read } = STORED_DTYPES[dtype];
  if (dtype === 'F32') return { dtype, shape, data: new Float32Array(data.slice(begin, end).buffer) };
  if (dtype === 'I32') return { dtype, shape, data: new Int32Array(data.slice(begin, end).buffer) };
  const view = new DataView(data.buffer, data.byteOffset + begin, end - begin);
  const values = kind === 'F32' ? new Float32Array(count(shape)) : new Int32Array(count(shape));
  for (let i = 0; i < values.length; i++) {
    const value = read(view, i * bytes);
    values[i] = value;
    if (values[i] !== value && !roundsWell(value, values[i], kind))
      refuse(`value ${i} of tensor "${name}" is ${value}, which does not fit ${kind}`);
  }
  return { dtype: kind, shape, data: values } as StoredTensor;
}

/** A float may lose digits, not become infinite; an integer must stay itself. */
function roundsWell(value: number, stored: number, kind: 'F32' | 'I32'): boolean {
  return kind === 'F32' && (Number.isNaN(value) || Number.isFinite(stored));
}
