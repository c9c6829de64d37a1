import { pickledObject, type PickledObject, type PickledValue } from './pickled-object.js';

/** A pickle that is damaged, or that holds more than data. */
export class PickleError extends Error {}

/** Position in the file and the interpreter's memory. */
interface Machine {
  readonly bytes: Buffer;
  at: number;
  stack: PickledValue[];
  /** Stacks below the marks. */
  readonly below: PickledValue[][];
  readonly memo: Map<number, PickledValue>;
}

type Operation = (machine: Machine) => void;

/**
 * Reads the value of a Python pickle of protocol 2 to 5. Builds lists, dictionaries, texts, numbers and NumPy arrays;
 * nothing is imported or executed, and any other class or function is an error.
 * @throws PickleError with the position
 */
export function readPickle(bytes: Uint8Array): PickledValue {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const machine: Machine = { bytes: buffer, at: 0, stack: [], below: [], memo: new Map() };
  for (;;) {
    const at = machine.at;
    try {
      const code = uint(machine, 1);
      if (code === STOP) return pop(machine);
      const operation = OPERATIONS.get(code);
      if (!operation) throw new Error(`its operation 0x${code.toString(16)} is not one that data needs`);
      operation(machine);
    } catch (error) {
      throw new PickleError(`at byte ${at}, ${(error as Error).message}`, { cause: error });
    }
  }
}

const STOP = 0x2e;

function take(machine: Machine, length: number): Buffer {
  const { bytes, at } = machine;
  if (length > bytes.length - at) throw new Error('the file ends too early');
  machine.at += length;
  return bytes.subarray(at, at + length);
}

function uint(machine: Machine, length: number): number {
  return take(machine, length).readUIntLE(0, length);
}

/** A length of 8 bytes, of which a file can only use the lower ones. */
function longLength(machine: Machine): number {
  return Number(take(machine, 8).readBigUInt64LE());
}

function pop({ stack }: Machine): PickledValue {
  if (stack.length === 0) throw new Error('a value is missing');
  return stack.pop()!;
}

function top<T extends PickledValue>({ stack }: Machine, is: (value: PickledValue) => value is T): T {
  const value = stack.at(-1);
  if (value === undefined || !is(value)) throw new Error('a value has the wrong type');
  return value;
}

/** Values above the last mark. */
function marked(machine: Machine): PickledValue[] {
  const values = machine.stack;
  const below = machine.below.pop();
  if (!below) throw new Error('a mark is missing');
  machine.stack = below;
  return values;
}

const isList = (value: PickledValue): value is PickledValue[] => Array.isArray(value);
const isMap = (value: PickledValue): value is Map<string, PickledValue> => value instanceof Map;
const isObject = (value: PickledValue): value is PickledObject =>
  typeof value === 'object' && value !== null && 'kind' in value;

const text = (value: PickledValue): string => {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  throw new Error('a text is expected');
};

function setItems(machine: Machine, items: readonly PickledValue[]): void {
  const map = top(machine, isMap);
  if (items.length % 2 === 1) throw new Error('a dictionary has a key without a value');
  for (let i = 0; i < items.length; i += 2) map.set(text(items[i]), items[i + 1]);
}

/** Pushes what a function returns. */
const push =
  (make: (machine: Machine) => PickledValue): Operation =>
  machine => {
    const value = make(machine);
    machine.stack.push(value);
  };

const tuple = (length: number): Operation => push(machine => Array.from({ length }, () => pop(machine)).reverse());

const remember =
  (index: (machine: Machine) => number): Operation =>
  machine => {
    const value = pop(machine);
    machine.stack.push(value);
    machine.memo.set(index(machine), value);
  };

const recall = (length: number): Operation =>
  push(machine => {
    const index = uint(machine, length);
    const value = machine.memo.get(index);
    if (value === undefined) throw new Error(`nothing was stored under ${index}`);
    return value;
  });

function line(machine: Machine): string {
  const end = machine.bytes.indexOf(0x0a, machine.at);
  if (end < 0) throw new Error('the file ends too early');
  return take(machine, end + 1 - machine.at)
    .toString('latin1')
    .slice(0, -1);
}

function build(machine: Machine): void {
  const state = pop(machine);
  pickledObject.build(top(machine, isObject), state);
}

function reduce(machine: Machine): PickledValue {
  const given = pop(machine);
  return pickledObject.call(pop(machine), given);
}

function global(module: string, name: string): PickledObject {
  return pickledObject.named(`${module}.${name}`);
}

/** Operations by code, named as in Python's pickletools. */
const OPERATIONS: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [0x80, machine => void uint(machine, 1)], // PROTO
  [0x95, machine => void take(machine, 8)], // FRAME
  [
    0x28,
    machine => {
      machine.below.push(machine.stack);
      machine.stack = [];
    },
  ], // MARK
  [0x4e, push(() => null)], // NONE
  [0x88, push(() => true)], // NEWTRUE
  [0x89, push(() => false)], // NEWFALSE
  [0x4b, push(machine => uint(machine, 1))], // BININT1
  [0x4d, push(machine => uint(machine, 2))], // BININT2
  [0x4a, push(machine => take(machine, 4).readInt32LE())], // BININT
  [0x55, push(machine => take(machine, uint(machine, 1)))], // SHORT_BINSTRING
  [0x54, push(machine => take(machine, uint(machine, 4)))], // BINSTRING
  [0x43, push(machine => take(machine, uint(machine, 1)))], // SHORT_BINBYTES
  [0x42, push(machine => take(machine, uint(machine, 4)))], // BINBYTES
  [0x8e, push(machine => take(machine, longLength(machine)))], // BINBYTES8
  [0x8c, push(machine => take(machine, uint(machine, 1)).toString('utf8'))], // SHORT_BINUNICODE
  [0x58, push(machine => take(machine, uint(machine, 4)).toString('utf8'))], // BINUNICODE
  [0x7d, push(() => new Map())], // EMPTY_DICT
  [0x5d, push(() => [])], // EMPTY_LIST
  [0x29, push(() => [])], // EMPTY_TUPLE
  [0x85, tuple(1)], // TUPLE1
  [0x86, tuple(2)], // TUPLE2
  [0x87, tuple(3)], // TUPLE3
  [0x74, push(machine => marked(machine))], // TUPLE
  [0x6c, push(machine => marked(machine))], // LIST
  [
    0x61,
    machine => {
      const value = pop(machine);
      top(machine, isList).push(value);
    },
  ], // APPEND
  [
    0x65,
    machine => {
      const values = marked(machine);
      const list = top(machine, isList);
      for (const one of values) list.push(one);
    },
  ], // APPENDS
  [
    0x73,
    machine => {
      const value = pop(machine);
      setItems(machine, [pop(machine), value]);
    },
  ], // SETITEM
  [0x75, machine => setItems(machine, marked(machine))], // SETITEMS
  [0x71, remember(machine => uint(machine, 1))], // BINPUT
  [0x72, remember(machine => uint(machine, 4))], // LONG_BINPUT
  [0x94, remember(machine => machine.memo.size)], // MEMOIZE
  [0x68, recall(1)], // BINGET
  [0x6a, recall(4)], // LONG_BINGET
  [0x63, push(machine => global(line(machine), line(machine)))], // GLOBAL
  [
    0x93,
    push(machine => {
      const name = text(pop(machine));
      return global(text(pop(machine)), name);
    }),
  ], // STACK_GLOBAL
  [0x52, push(reduce)], // REDUCE
  [0x62, build], // BUILD
]);
