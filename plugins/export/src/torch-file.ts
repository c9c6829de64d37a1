import { zipArchive } from '@carl-ssl/core';
import type { WrittenWeight } from './weight-files.js';

/** Opcodes of pickle, protocol 2. */
const OP = { proto: 0x80, global: 0x63, mark: 0x28, unicode: 0x58, int: 0x4a, tuple: 0x74, emptyTuple: 0x29, reduce: 0x52, emptyDict: 0x7d, setItem: 0x73, persistent: 0x51, false: 0x89, stop: 0x2e, long: 0x8a }; // prettier-ignore

/**
 * A state dict in PyTorch's own format, for `torch.load(file, weights_only=True)`: a ZIP archive with the values of each tensor
 * and a pickle that lists them.
 */
export async function torchFile(weights: Readonly<Record<string, WrittenWeight>>): Promise<Uint8Array> {
  const entries = Object.entries(weights);
  const files = entries.map(
    ([, { data }], i) => [`archive/data/${i}`, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)] as const,
  );
  return zipArchive({
    'archive/data.pkl': stateDict(entries),
    'archive/byteorder': text('little'),
    ...Object.fromEntries(files),
    'archive/version': text('3\n'),
  });
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function stateDict(entries: readonly (readonly [string, WrittenWeight])[]): Uint8Array {
  const bytes: number[] = [OP.proto, 2, OP.emptyDict];
  for (const [i, [name, weight]] of entries.entries()) {
    bytes.push(...unicode(name), ...tensor(i, weight), OP.setItem);
  }
  return Uint8Array.from([...bytes, OP.stop]);
}

/** torch._utils._rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict()) */
function tensor(place: number, { dtype, shape, data: { length } }: WrittenWeight): readonly number[] {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const storage = [OP.mark, ...unicode('storage'), ...global('torch', dtype === 'F16' ? 'HalfStorage' : 'FloatStorage'), ...unicode(String(place)), ...unicode('cpu'), ...integer(length), OP.tuple, OP.persistent]; // prettier-ignore
  return [
    ...global('torch._utils', '_rebuild_tensor_v2'),
    ...[OP.mark, ...storage, ...integer(0), ...tuple(shape), ...tuple(strides), OP.false],
    ...[...global('collections', 'OrderedDict'), OP.emptyTuple, OP.reduce],
    ...[OP.tuple, OP.reduce],
  ];
}

const global = (module: string, name: string): readonly number[] => [OP.global, ...text(`${module}\n${name}\n`)];

const tuple = (values: readonly number[]): readonly number[] => [OP.mark, ...values.flatMap(integer), OP.tuple];

function unicode(value: string): readonly number[] {
  const bytes = text(value);
  return [OP.unicode, ...little(bytes.length, 4), ...bytes];
}

/** Four bytes, or eight for numbers that need more than 31 bits. */
function integer(value: number): readonly number[] {
  return value < 2 ** 31 ? [OP.int, ...little(value, 4)] : [OP.long, 8, ...little(value, 8)];
}

function little(value: number, length: number): readonly number[] {
  return Array.from({ length }, (_, i) => Math.floor(value / 256 ** i) % 256);
}
