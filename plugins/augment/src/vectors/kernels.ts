import type { Image } from '@carl-ssl/core';
import type { Size } from '../maths/geometry.js';
import { KernelMemory, type WasmMemory } from './kernel-memory.js';
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
  mirrorRows(source: number, width: number, height: number, radius: number, target: number): void;
  mirrorColumns(data: number, length: number, height: number, radius: number): void;
  convolve(...args: ConvolutionArguments): void;
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

type ConvolutionArguments = [
  ...[source: number, stride: number, step: number],
  ...[length: number, height: number, radius: number, weights: number],
  target: number,
];

/** The part of the JavaScript interface of WebAssembly used here; its types belong to browsers' libraries, not Node's. */
interface WebAssemblyInterface {
  validate(binary: Uint8Array): boolean;
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
  readonly Memory: new (limits: { readonly initial: number }) => WasmMemory;
}

/** The whole memory of the kernels as arrays. */
interface MemoryViews {
  readonly bytes: Uint8Array;
  readonly integers: Int32Array;
  readonly floats: Float32Array;
}

function viewsOf(buffer: ArrayBuffer): MemoryViews {
  return { bytes: new Uint8Array(buffer), integers: new Int32Array(buffer), floats: new Float32Array(buffer) };
}

/** Channels of the images that kernels take. */
export const CHANNELS = 3;
/** Bytes of a value. */
export const BYTES = 4;

/**
 * Kernels and their memory, in which each operation on an image lays out its arrays. During {@link inMemory}, results stay there
 * for the next operation, and are copied out when their `data` is read.
 */
export class VectorUnit {
  readonly kernels: VectorKernels;
  readonly #memory: KernelMemory;
  #views: MemoryViews;
  /** Addresses of the images in the memory; undefined while results are copied out at once. */
  #images: Map<Image, number> | undefined;

  private constructor({ Module, Instance, Memory }: WebAssemblyInterface, binary: Uint8Array) {
    const memory = new Memory({ initial: 1 });
    this.#memory = new KernelMemory(memory);
    this.#views = viewsOf(memory.buffer);
    const instance = new Instance(new Module(binary), { env: { memory } });
    this.kernels = instance.exports as VectorKernels;
  }

  /** Undefined where WebAssembly or its vectors are missing. */
  static create(): VectorUnit | undefined {
    const { WebAssembly } = globalThis as unknown as { readonly WebAssembly?: WebAssemblyInterface };
    const binary = Buffer.from(MODULE, 'base64');
    return WebAssembly?.validate(binary) ? new VectorUnit(WebAssembly, binary) : undefined;
  }

  /**
   * Runs operations whose results stay in this memory, and copies the last one out. Earlier ones can then no longer be read.
   * @param into where the last one is copied to, if it is in this memory
   */
  inMemory(work: () => Image, into?: Float32Array): Image {
    if (this.#images) return work();
    this.#images = new Map();
    try {
      const image = work();
      const { height, width, channels } = image;
      const address = this.#images.get(image);
      if (!into || address === undefined) return { height, width, channels, data: image.data };
      into.set(this.#values(address, height * width * channels));
      return { height, width, channels, data: into };
    } finally {
      this.#images = undefined;
    }
  }

  /** Gives up an image that stays in this memory, if it does and nobody will read it. */
  giveUp(image: Image): void {
    this.#images?.delete(image);
  }

  /** Begins an operation: the arrays of earlier ones are given up, except images. */
  begin(): void {
    this.#memory.giveUp(new Set(this.#images?.values()));
  }

  /** Address of a new array of `bytes`, contents undefined. */
  place(bytes: number): number {
    return this.#memory.place(bytes);
  }

  /** Address of the values of an image, which must not be changed. */
  source(image: Image): number {
    return this.#images?.get(image) ?? this.floats(image.data);
  }

  /** Address of a copy of the values of an image. */
  copy(image: Image): number {
    const source = this.#images?.get(image);
    if (source === undefined) return this.floats(image.data);
    const bytes = BYTES * image.height * image.width * image.channels;
    const address = this.place(bytes);
    this.#memoryViews.bytes.copyWithin(address, source, source + bytes);
    return address;
  }

  /** The image of three channels at an address. */
  image(address: number, { height, width }: Size): Image {
    const length = height * width * CHANNELS;
    const copied = (): Float32Array => this.#values(address, length).slice();
    if (!this.#images) return { height, width, channels: CHANNELS, data: copied() };
    const images = this.#images;
    let data: Float32Array | undefined;
    const image: Image = {
      ...{ height, width, channels: CHANNELS },
      get data() {
        if (!data && !images.has(image)) throw new Error('An image was read after the view of which it was a step.');
        return (data ??= copied());
      },
    };
    images.set(image, address);
    return image;
  }

  /** Address of a copy of the values as float32. */
  floats(values: ArrayLike<number>): number {
    const address = this.place(BYTES * values.length);
    this.#memoryViews.floats.set(values, address / BYTES);
    return address;
  }

  /** Address of a copy of the bytes. */
  bytes(values: Uint8Array): number {
    const address = this.place(values.length);
    this.#memoryViews.bytes.set(values, address);
    return address;
  }

  /** Address of a copy of the integers. */
  integers(values: Int32Array): number {
    const address = this.place(BYTES * values.length);
    this.#memoryViews.integers.set(values, address / BYTES);
    return address;
  }

  #values(address: number, length: number): Float32Array {
    return this.#memoryViews.floats.subarray(address / BYTES, address / BYTES + length);
  }

  /** Of the present memory; it gets a new buffer when it grows. */
  get #memoryViews(): MemoryViews {
    const { buffer } = this.#memory;
    if (this.#views.bytes.buffer !== buffer) this.#views = viewsOf(buffer);
    return this.#views;
  }
}
