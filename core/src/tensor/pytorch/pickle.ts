import type { Refuse } from '../../files/zip-directory.js';
import { ByteReader } from './byte-reader.js';

/** A value of a pickle. Classes and functions are names only. */
export type Pickled = null | boolean | number | string | Pickled[] | PickledDict | PickledGlobal | object;

type PickledDict = Map<Pickled, Pickled>;

/** The name of a class or function of Python. It is never looked up. */
export class PickledGlobal {
  constructor(readonly name: string) {}
}

/** Meaning of the few calls and references that are allowed. */
export interface PickleHandlers {
  /** Checks the name of a class or function. */
  readonly global: (name: string) => PickledGlobal;
  /** Result of a call. */
  readonly call: (callee: PickledGlobal, args: readonly Pickled[]) => Pickled;
  /** Value of a reference to a file of the archive. */
  readonly reference: (id: Pickled) => Pickled;
}

/** Marks a place on the stack. */
const MARK = Symbol('mark');
type Mark = typeof MARK;

/**
 * Reads a pickle as data: a stack machine for the opcodes below, which runs no code of the file. Every other opcode is refused by its name.
 * @see https://github.com/python/cpython/blob/main/Lib/pickletools.py
 */
export function readPickle(bytes: Uint8Array, handlers: PickleHandlers, refuse: Refuse): Pickled {
  const machine = new PickleMachine(new ByteReader(bytes, refuse), handlers, refuse);
  for (;;) {
    const code = machine.reader.byte();
    if (code === STOP) return machine.pop();
    const step = OPCODES[code] as Opcode | undefined;
    if (!step) return refuse(`its pickle has the opcode ${opcodeName(code)}, which is not needed for tensors`);
    step(machine);
  }
}

class PickleMachine {
  readonly stack: (Pickled | Mark)[] = [];
  readonly memo = new Map<number, Pickled>();

  constructor(
    readonly reader: ByteReader,
    readonly handlers: PickleHandlers,
    readonly refuse: Refuse,
  ) {}

  push(value: Pickled | Mark): void {
    this.stack.push(value);
  }

  pop(): Pickled {
    const value = this.stack.pop();
    return value === undefined || value === MARK ? this.refuse('its pickle takes more values than it has') : value;
  }

  top(): Pickled {
    const value = this.pop();
    this.push(value);
    return value;
  }

  /** The last values on the stack, in their order. */
  last(count: number): Pickled[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  sinceMark(): Pickled[] {
    let at = this.stack.length - 1;
    while (at >= 0 && this.stack[at] !== MARK) at--;
    if (at < 0) return this.refuse('its pickle has no mark where one is needed');
    return this.stack.splice(at).slice(1) as Pickled[];
  }

  setItems(items: readonly Pickled[]): void {
    const dict = this.top();
    for (let i = 0; i < items.length; i += 2) if (dict instanceof Map) dict.set(items[i], items[i + 1]);
  }

  append(items: readonly Pickled[]): void {
    const list = this.top();
    if (Array.isArray(list)) for (const item of items) list.push(item);
  }

  call(): void {
    const [callee, args] = this.last(2);
    if (!(callee instanceof PickledGlobal) || !Array.isArray(args))
      this.refuse('its pickle calls something that is not a function');
    else this.push(this.handlers.call(callee, args));
  }

  remembered(key: number): Pickled {
    return this.memo.get(key) ?? this.refuse(`its pickle refers to value ${key}, which it does not have`);
  }
}

type Opcode = (machine: PickleMachine) => void;

const STOP = 0x2e;

/** Opcodes with their names in Python's `pickle`. */
const NAMED: Readonly<Record<string, readonly [code: number, step: Opcode]>> = {
  PROTO: [0x80, m => void m.reader.byte()],
  FRAME: [0x95, m => void m.reader.bytes(8)],
  MARK: [0x28, m => m.push(MARK)],
  NONE: [0x4e, m => m.push(null)],
  NEWTRUE: [0x88, m => m.push(true)],
  NEWFALSE: [0x89, m => m.push(false)],
  BININT: [0x4a, m => m.push(m.reader.int32())],
  BININT1: [0x4b, m => m.push(m.reader.byte())],
  BININT2: [0x4d, m => m.push(m.reader.unsigned(2))],
  LONG1: [0x8a, m => m.push(m.reader.long(m.reader.byte()))],
  BINFLOAT: [0x47, m => m.push(m.reader.float64())],
  BINUNICODE: [0x58, m => m.push(m.reader.text(m.reader.unsigned(4)))],
  SHORT_BINUNICODE: [0x8c, m => m.push(m.reader.text(m.reader.byte()))],
  EMPTY_LIST: [0x5d, m => m.push([])],
  APPEND: [0x61, m => m.append(m.last(1))],
  APPENDS: [0x65, m => m.append(m.sinceMark())],
  EMPTY_TUPLE: [0x29, m => m.push([])],
  TUPLE1: [0x85, m => m.push(m.last(1))],
  TUPLE2: [0x86, m => m.push(m.last(2))],
  TUPLE3: [0x87, m => m.push(m.last(3))],
  TUPLE: [0x74, m => m.push(m.sinceMark())],
  EMPTY_DICT: [0x7d, m => m.push(new Map())],
  SETITEM: [0x73, m => m.setItems(m.last(2))],
  SETITEMS: [0x75, m => m.setItems(m.sinceMark())],
  BINPUT: [0x71, m => void m.memo.set(m.reader.byte(), m.top())],
  LONG_BINPUT: [0x72, m => void m.memo.set(m.reader.unsigned(4), m.top())],
  MEMOIZE: [0x94, m => void m.memo.set(m.memo.size, m.top())],
  BINGET: [0x68, m => m.push(m.remembered(m.reader.byte()))],
  LONG_BINGET: [0x6a, m => m.push(m.remembered(m.reader.unsigned(4)))],
  GLOBAL: [0x63, m => m.push(m.handlers.global(`${m.reader.line()}.${m.reader.line()}`))],
  STACK_GLOBAL: [0x93, m => m.push(m.handlers.global(m.last(2).map(String).join('.')))],
  BINPERSID: [0x51, m => m.push(m.handlers.reference(m.pop()))],
  REDUCE: [0x52, m => m.call()],
  NEWOBJ: [0x81, m => m.call()],
  // The state of an object, such as the versions in a state dict, is dropped.
  BUILD: [0x62, m => void m.pop()],
};

const OPCODES: Readonly<Record<number, Opcode>> = Object.fromEntries(Object.values(NAMED));

/** Names of refused opcodes that programs have. */
const REFUSED: Readonly<Record<number, string>> = {
  0x69: 'INST',
  0x6f: 'OBJ',
  0x92: 'NEWOBJ_EX',
  0x82: 'EXT1',
  0x83: 'EXT2',
  0x84: 'EXT4',
  0x50: 'PERSID',
  0x42: 'BINBYTES',
  0x43: 'SHORT_BINBYTES',
};

function opcodeName(code: number): string {
  const hex = `0x${code.toString(16).padStart(2, '0')}`;
  const name = REFUSED[code] as string | undefined;
  return name === undefined ? hex : `${name} (${hex})`;
}
