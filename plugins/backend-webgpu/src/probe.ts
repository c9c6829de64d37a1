import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Availability } from '@carl-ssl/core';
import { dawnVersion, type AdapterInfo } from './dawn.js';

const program = fileURLToPath(new URL('./find-gpu.js', import.meta.url));

/** Output of the process that finds the GPU. */
export interface ProbeOutput {
  /** The adapter's description as JSON, or `null`. */
  readonly output: string;
  readonly errors: string;
  /** Why the process failed: a signal, an exit status or a timeout. */
  readonly failure?: string;
}

/** Milliseconds; waking a driver takes one or two seconds. */
const TIMEOUT = 20_000;

/** Below plain JavaScript, so that `auto` never picks a software implementation. */
const SOFTWARE_RANK = -1;

/** Results by the drivers that the environment names. */
const probed = new Map<string, Promise<Availability>>();

/** Finds the GPU of this machine, once for each set of drivers. */
export function probe(): Promise<Availability> {
  const { VK_DRIVER_FILES, LD_LIBRARY_PATH } = process.env;
  const drivers = JSON.stringify([VK_DRIVER_FILES, LD_LIBRARY_PATH]);
  const availability = probed.get(drivers) ?? (dawnVersion() === undefined ? Promise.resolve(noPackage) : findGpu().then(availabilityOf)); // prettier-ignore
  probed.set(drivers, availability);
  return availability;
}

const noPackage: Availability = {
  available: false,
  reason: 'the package webgpu is not installed',
  remedy: 'Install it: npm install webgpu@0.6.2',
};

function findGpu(): Promise<ProbeOutput> {
  return new Promise(resolve => {
    execFile(process.execPath, [program], { timeout: TIMEOUT }, (error, output, errors) => {
      const failure = error?.killed ? `no answer in ${TIMEOUT / 1000} s` : (error?.signal ?? error?.message);
      resolve({ output, errors, ...(error && { failure }) });
    });
  });
}

/** Availability that the output means, for the user. */
export function availabilityOf({ output, errors, failure }: ProbeOutput): Availability {
  if (failure !== undefined) return { available: false, ...failedProbe(failure, errors) };
  const info = JSON.parse(output) as AdapterInfo | null;
  if (!info) return { available: false, ...noGpu(errors) };
  const name = nameOf(info);
  if (isSoftware(info))
    return { available: true, reason: `${name}, a software implementation: very slow, for tests`, rank: SOFTWARE_RANK };
  return { available: true, reason: name };
}

/** Reason and remedy for a process that failed, from the line of its output that names the cause. */
function failedProbe(failure: string, errors: string): { reason: string; remedy: string } {
  const library = /version `(GLIBC\S+)' not found/.exec(errors)?.[1];
  if (library !== undefined)
    return {
      reason: `the package webgpu needs a newer system library (${library})`,
      remedy: 'Update the operating system, or use another backend.',
    };
  const cause = /^\w*Error: .*$/m.exec(errors)?.[0] ?? failure.split('\n')[0];
  return { reason: `probing the GPU failed: ${cause}`, remedy: "Update the GPU's driver, or use another backend." };
}

function noGpu(errors: string): { reason: string; remedy: string } {
  if (errors.includes('libvulkan.so.1'))
    return {
      reason: 'no GPU was found: the Vulkan loader libvulkan.so.1 is missing',
      remedy: "With a GPU, install it and the GPU's driver; Debian and Ubuntu: apt-get install libvulkan1.",
    };
  return {
    reason: 'no GPU was found',
    remedy: 'With a GPU, install its driver for Vulkan; Debian and Ubuntu, for AMD and Intel: mesa-vulkan-drivers.',
  };
}

/** Name for people: `NVIDIA GeForce RTX 4070 (nvidia ada-lovelace)`. */
export function nameOf({ vendor, architecture, device, description }: AdapterInfo): string {
  const family = [vendor, architecture].filter(part => part !== '').join(' ');
  const name = description || device;
  if (name === '') return family || 'a GPU without a name';
  return family === '' ? name : `${name} (${family})`;
}

/** True for an adapter that computes on the processor: SwiftShader, Mesa's llvmpipe, Microsoft's WARP. */
function isSoftware({ isFallbackAdapter, vendor, architecture, device, description }: AdapterInfo): boolean {
  const words = [vendor, architecture, device, description].join(' ');
  return isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render/i.test(words);
}
