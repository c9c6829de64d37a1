import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Of an adapter, what tells which GPU and driver compute. */
export interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** True if it computes on the processor. */
  readonly isFallbackAdapter: boolean;
}

/** The part of WebGPU's adapter that is used here; its whole types belong to browsers' libraries. */
export interface Adapter {
  readonly info: AdapterInfo;
  readonly limits: Readonly<Record<string, number>>;
  readonly features: ReadonlySet<string>;
  requestDevice(wanted: {
    readonly requiredFeatures: readonly string[];
    readonly requiredLimits: Readonly<Record<string, number>>;
  }): Promise<Device>;
}

export interface Device {
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  addEventListener(
    event: 'uncapturederror',
    listen: (event: { readonly error: Error; preventDefault(): void }) => void,
  ): void;
}

export interface Gpu {
  requestAdapter(wanted: { readonly powerPreference: 'high-performance' }): Promise<Adapter | null>;
}

interface Dawn {
  readonly create: (options: readonly string[]) => Gpu;
  readonly globals: object;
}

const require = createRequire(import.meta.url);

/** Version of the npm package that carries Dawn, Chrome's WebGPU; undefined where npm left it out. */
export function dawnVersion(): string | undefined {
  try {
    const file = join(dirname(require.resolve('webgpu')), 'package.json');
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  } catch {
    return undefined;
  }
}

/** Everything of Dawn ends with the object it was opened by, so that is kept. */
let gpu: Gpu | undefined;

/** Loads Dawn into this process and asks it for the GPU; null if it finds none. */
export async function openAdapter(): Promise<{ readonly gpu: Gpu; readonly adapter: Adapter | null }> {
  const { create, globals } = (await import('webgpu' as string)) as Dawn;
  Object.assign(globalThis, globals);
  gpu ??= create([]);
  return { gpu, adapter: await gpu.requestAdapter({ powerPreference: 'high-performance' }) };
}
