import { CarlError } from '../../errors/carl-error.js';
import { partsOf } from '../../files/file-parts.js';
import type { Refuse, ZipEntry } from '../../files/zip-directory.js';
import { openZip } from '../../files/zip-reader.js';
import { STORED_DTYPES } from '../stored-dtype.js';
import type { Safetensors } from '../safetensors.js';
import { isInert, REBUILDS, STORAGES } from './globals.js';
import { PickledGlobal, readPickle, type Pickled, type PickleHandlers } from './pickle.js';

/** A file of the archive that holds the values of tensors. */
class Storage {
  constructor(
    /** Key in `STORED_DTYPES`. */
    readonly dtype: string,
    readonly bytes: Uint8Array,
  ) {}

  get length(): number {
    return this.bytes.length / STORED_DTYPES[this.dtype].bytes;
  }
}

/** A tensor as part of its storage; sizes are checked. */
class View {
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}

  get length(): number {
    return product(this.shape);
  }
}

/** True for a ZIP archive, such as a checkpoint of PyTorch. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/**
 * Reads the floating-point tensors of a checkpoint in PyTorch's ZIP format, under the keys that lead to them:
 * `state_dict.backbone.conv1.weight`. Its pickle is read as data; no code of it is run.
 * @param file name for messages
 * @throws CarlError INPUT_FILE naming the opcode or global that is not allowed, or the damage
 */
export async function readPytorch(bytes: Uint8Array, file: string): Promise<Omit<Safetensors, 'metadata'>> {
  const entries = await entriesOf(
    bytes,
    refusalOf(file, 'Copy or download it again, or save it again with torch.save.'),
  );
  const refuse = refusalOf(file, OWN_STATE);
  const pickles = [...entries.keys()].filter(name => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length !== 1) return refuse('it is a ZIP archive without exactly one data.pkl');
  const folder = pickles[0].slice(0, -'data.pkl'.length);
  const order = entries.get(`${folder}byteorder`);
  if (order && new TextDecoder().decode(order) !== 'little') return refuse('its numbers are not little-endian');
  const root = readPickle(entries.get(pickles[0])!, handlers(name => entries.get(`${folder}data/${name}`), refuse), refuse); // prettier-ignore
  const views = namedViews(root);
  checkTotal(views, bytes.length, refuse);
  const found = [...views].filter(([, { storage }]) => STORED_DTYPES[storage.dtype].kind === 'F32');
  const tensors = found.map(([name, view]) => [name, { dtype: 'F32' as const, shape: view.shape, data: valuesOf(view) }] as const); // prettier-ignore
  const dtypes = found.map(([name, { storage }]) => [name, storage.dtype] as const);
  return { tensors: Object.fromEntries(tensors), dtypes: Object.fromEntries(dtypes) };
}

/** Content by name, of the bytes of the archive, so that no archive takes more memory than its file. PyTorch may leave out checksums. */
async function entriesOf(bytes: Uint8Array, refuse: Refuse): Promise<ReadonlyMap<string, Uint8Array>> {
  const zip = await openZip(partsOf(bytes), { refuse, check: entry => checkEntry(entry, refuse), checksums: false });
  const entries = new Map<string, Uint8Array>();
  for (const name of zip.names) entries.set(name, await zip.read(name));
  return entries;
}

function checkEntry({ name, method }: ZipEntry, refuse: Refuse): void {
  if (name.startsWith('/') || name.includes('\\') || name.includes('\0') || name.split('/').includes('..'))
    refuse(`its entry "${name}" lies outside of the archive`);
  if (method !== 0) refuse(`its entry "${name}" is compressed, and PyTorch compresses none`);
}

const OWN_STATE =
  'Only files of tensors, dictionaries, lists, numbers and texts are; if the file is from a source that you trust, save its state ' +
  'dict alone in Python: torch.save(model.state_dict(), "weights.pth").';

function refusalOf(file: string, remedy: string): Refuse {
  return problem => {
    throw new CarlError('INPUT_FILE', `${file} is not read as a PyTorch checkpoint: ${problem}. ${remedy}`);
  };
}

function handlers(fileOf: (name: string) => Uint8Array | undefined, refuse: Refuse): PickleHandlers {
  return {
    global: name => {
      if (name in STORAGES || REBUILDS.has(name) || isInert(name)) return new PickledGlobal(name);
      return refuse(`its pickle names \`${name}\`, which is not on the list of classes that tensors need`);
    },
    call: ({ name }, args) => {
      if (REBUILDS.has(name)) return name.endsWith('_parameter') ? (args[0] ?? null) : viewOf(args, refuse);
      return name === 'collections.OrderedDict' ? new Map() : {};
    },
    reference: id => storageOf(id, fileOf, refuse),
  };
}

function storageOf(id: Pickled, fileOf: (name: string) => Uint8Array | undefined, refuse: Refuse): Storage {
  const [kind, type, key, , length] = Array.isArray(id) ? (id as readonly Pickled[]) : [];
  if (kind !== 'storage' || !(type instanceof PickledGlobal) || !(type.name in STORAGES) || typeof key !== 'string')
    return refuse('its pickle has a reference that is not a storage of numbers');
  const bytes = fileOf(key);
  if (!bytes) return refuse(`its file data/${key} is missing`);
  const storage = new Storage(STORAGES[type.name], bytes);
  if (storage.length !== length)
    return refuse(`its file data/${key} has ${bytes.length} bytes, not as many as its tensor claims`);
  return storage;
}

/** `_rebuild_tensor_v2(storage, offset, shape, strides, ..)`. */
function viewOf([storage, offset, shape, strides]: readonly Pickled[], refuse: Refuse): View {
  if (!(storage instanceof Storage) || !isSizes([offset]) || !isSizes(shape) || !isSizes(strides))
    return refuse('it has a tensor without storage, shape or strides');
  if (shape.length !== strides.length) return refuse(`it has a tensor with ${shape.length} sizes and ${strides.length} strides`); // prettier-ignore
  const view = new View(storage, offset as number, shape, strides);
  const last = view.length === 0 ? 0 : 1 + shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis], view.offset); // prettier-ignore
  if (last > storage.length || view.length > storage.length)
    return refuse(`it has a tensor of shape [${shape.join(', ')}] with ${storage.length} numbers`);
  return view;
}

function isSizes(value: Pickled | undefined): value is number[] {
  return Array.isArray(value) && value.every(item => Number.isSafeInteger(item) && (item as number) >= 0);
}

/** Tensors that share storages may not take much more memory than the file. */
function checkTotal(views: ReadonlyMap<string, View>, fileBytes: number, refuse: Refuse): void {
  const values = [...views.values()].reduce((sum, { length }) => sum + length, 0);
  if (values > 2 * fileBytes) refuse(`its tensors have ${values} numbers together, too many for ${fileBytes} bytes`);
}

/** Tensors by the keys that lead to them; a container that is reached twice is walked once. */
function namedViews(root: Pickled): ReadonlyMap<string, View> {
  const views = new Map<string, View>();
  const seen = new Set<Pickled>();
  const open: (readonly [prefix: string, value: Pickled])[] = [['', root]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [name, value] = next;
    if (value instanceof View) views.set(name, value);
    if (!(value instanceof Map || Array.isArray(value)) || seen.has(value)) continue;
    seen.add(value);
    // The last is taken first, so that tensors come in the order of the file.
    for (const [key, item] of [...value.entries()].reverse())
      if (typeof key === 'string' || typeof key === 'number') open.push([name === '' ? String(key) : `${name}.${key}`, item]); // prettier-ignore
  }
  return views;
}

function valuesOf({ storage: { dtype, bytes }, offset, shape, strides, length }: View): Float32Array {
  const { bytes: width, read } = STORED_DTYPES[dtype];
  const values = new Float32Array(length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isDense = strides.every((stride, axis) => shape[axis] < 2 || stride === product(shape.slice(axis + 1)));
  const raw = new Uint8Array(values.buffer);
  if (isDense && dtype === 'F32') raw.set(bytes.subarray(offset * 4, (offset + length) * 4));
  else for (let i = 0; i < length; i++) values[i] = read(view, width * placeOf(i, { offset, shape, strides }));
  return values;
}

/** Place in the storage of the i-th value, row by row. */
function placeOf(i: number, { offset, shape, strides }: Pick<View, 'offset' | 'shape' | 'strides'>): number {
  let [place, rest] = [offset, i];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    place += (rest % shape[axis]) * strides[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return place;
}

function product(values: readonly number[]): number {
  return values.reduce((a, b) => a * b, 1);
}
