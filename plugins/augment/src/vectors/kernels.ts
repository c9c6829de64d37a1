import { MODULE } from './module.js';

/** The kernels of assembly/kernels.ts, where each is described. Arguments that are not numbers are addresses in bytes. */
export interface VectorKernels {
  filterRows(...args: FilterArguments<[width: number, height: number]>): void;
  filterByteRows(...args: FilterArguments<[width: number, height: number]>): void;
  filterColumns(...args: FilterArguments<[length: number]>): void;
  scale(data: number, count: number, factor: number, offset: number): void;
  normalize(data: number, pixels: number, statistics: number): void;
  mirror(source: number, width: number, height: number, target: number): void;
  sumGray(data: number, pixels: number): number;
  saturate(data: number, pixels: number, factor: number): void;
  gray(data: number, pixels: number): void;
  shiftHue(data: number, pixels: number, shift: number): void;
}

type FilterArguments<Size extends readonly number[]> = [
  source: number,
  ...size: Size,
  output: number,
  taps: number,
  starts: number,
  counts: number,
  weights: number,
  target: number,
];

/** The part of the JavaScript interface of WebAssembly used here; its types belong to browsers' libraries, not Node's. */
interface WebAssemblyInterface {
  validate(binary: Uint8Array): boolean;
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
  readonly Memory: new (limits: { readonly initial: number }) => WasmMemory;
}

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

const PAGE = 65_536;
/** Vectors start at multiples of this. */
const ALIGNMENT = 16;
/** Bytes after each array that kernels may read and write. */
const MARGIN = 64;

/** Kernels and their memory, in which each operation on an image lays out its arrays anew. */
export class VectorUnit {
  readonly kernels: VectorKernels;
  readonly #memory: WasmMemory;
  #end = 0;

  private constructor({ Module, Instance, Memory }: WebAssemblyInterface, binary: Uint8Array) {
    this.#memory = new Memory({ initial: 1 });
    const instance = new Instance(new Module(binary), { env: { memory: this.#memory } });
    this.kernels = instance.exports as VectorKernels;
  }

  /** Undefined where WebAssembly or its vectors are missing. */
  static create(): VectorUnit | undefined {
    const { WebAssembly } = globalThis as unknown as { readonly WebAssembly?: WebAssemblyInterface };
    const binary = Buffer.from(MODULE, 'base64');
    return WebAssembly?.validate(binary) ? new VectorUnit(WebAssembly, binary) : undefined;
  }

  /** Begins an operation: the arrays of earlier ones are given up. */
  begin(): void {
    this.#end = 0;
  }

  /** Address of a new array of `bytes`, contents undefined. */
  place(bytes: number): number {
    const address = this.#end;
    this.#end = Math.ceil((address + bytes + MARGIN) / ALIGNMENT) * ALIGNMENT;
    const missing = this.#end - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    return address;
  }

  /** Address of a copy of the values as float32. */
  floats(values: ArrayLike<number>): number {
    const address = this.place(4 * values.length);
    new Float32Array(this.#memory.buffer, address, values.length).set(values);
    return address;
  }

  /** Address of a copy of the bytes. */
  bytes(values: Uint8Array): number {
    const address = this.place(values.length);
    new Uint8Array(this.#memory.buffer, address, values.length).set(values);
    return address;
  }

  /** Address of a copy of the integers. */
  integers(values: Int32Array): number {
    const address = this.place(4 * values.length);
    new Int32Array(this.#memory.buffer, address, values.length).set(values);
    return address;
  }

  /** Copy of float32 values in the memory. */
  read(address: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, address, length).slice();
  }
}
