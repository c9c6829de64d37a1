/** Memory of a WebAssembly module. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface Block {
  readonly address: number;
  readonly bytes: number;
  used: boolean;
}

const PAGE = 65_536;
/** Vectors start at multiples of this. */
const ALIGNMENT = 16;
/** Bytes after each array that kernels may read and write. */
const MARGIN = 64;

/** Arrays in the memory of the kernels. Blocks of arrays that are given up are used again, so that few bytes stay in the processor's caches. */
export class KernelMemory {
  #blocks: Block[] = [];
  #end = 0;

  constructor(private readonly memory: WasmMemory) {}

  get buffer(): ArrayBuffer {
    return this.memory.buffer;
  }

  /** Address of a new array of `bytes`, contents undefined. */
  place(bytes: number): number {
    const free = this.#blocks.find(block => !block.used && block.bytes >= bytes);
    if (!free) return this.#extend(bytes);
    free.used = true;
    return free.address;
  }

  /** Gives up all arrays except those at the given addresses. */
  giveUp(kept: ReadonlySet<number>): void {
    if (kept.size > 0) for (const block of this.#blocks) block.used = kept.has(block.address);
    else [this.#blocks, this.#end] = [[], 0];
  }

  #extend(bytes: number): number {
    const address = this.#end;
    this.#end = Math.ceil((address + bytes + MARGIN) / ALIGNMENT) * ALIGNMENT;
    const missing = this.#end - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
    this.#blocks.push({ address, bytes, used: true });
    return address;
  }
}
