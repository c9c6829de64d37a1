import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Availability } from '@carl-ssl/core';
import { dawnVersion, type AdapterInfo } from './dawn.js';

const program = fileURLToPath(new URL('./look.js', import.meta.url));

/** What looking for a GPU in another process came to. */
export interface Look {
  /** The adapter's description as JSON, or `null`. */
  readonly output: string;
  readonly errors: string;
  /** Why the process failed: a signal, a status, or that it took too long. */
  readonly failure?: string;
}

/** Milliseconds; a driver that is asleep takes one or two seconds. */
const PATIENCE = 20_000;

/** Below plain JavaScript: software that plays a GPU is never chosen by itself. */
const SOFTWARE_RANK = -1;

/** Answers by the drivers that the environment names. */
const looked = new Map<string, Promise<Availability>>();

/** Whether there is a GPU; looks once for the same drivers. */
export function probe(): Promise<Availability> {
  const { VK_DRIVER_FILES, LD_LIBRARY_PATH } = process.env;
  const drivers = JSON.stringify([VK_DRIVER_FILES, LD_LIBRARY_PATH]);
  const answer = looked.get(drivers) ?? (dawnVersion() === undefined ? Promise.resolve(missing) : look().then(judge));
  looked.set(drivers, answer);
  return answer;
}

const missing: Availability = {
  available: false,
  reason: 'the package webgpu is not installed',
  remedy: 'Install it with: npm install webgpu@0.6.2',
};

function look(): Promise<Look> {
  return new Promise(resolve => {
    execFile(process.execPath, [program], { timeout: PATIENCE }, (error, output, errors) => {
      const failure = error?.killed ? `no answer in ${PATIENCE / 1000} s` : (error?.signal ?? error?.message);
      resolve({ output, errors, ...(error && { failure }) });
    });
  });
}

/** What the answer means for the user, in one line. */
export function judge({ output, errors, failure }: Look): Availability {
  if (failure !== undefined) return { available: false, ...failed(failure, errors) };
  const info = JSON.parse(output) as AdapterInfo | null;
  if (!info) return { available: false, ...nothing(errors) };
  const name = nameOf(info);
  if (isSoftware(info))
    return { available: true, reason: `${name}, which is software: very slow, for tests only`, rank: SOFTWARE_RANK };
  return { available: true, reason: name };
}

/** A process that failed: of what it wrote, the line that says why. */
function failed(failure: string, errors: string): { reason: string; remedy: string } {
  const library = /version `(GLIBC\S+)' not found/.exec(errors)?.[1];
  if (library !== undefined)
    return {
      reason: `the package webgpu needs a newer system library (${library})`,
      remedy: 'Update the operating system, or use another backend.',
    };
  const told = /^\w*Error: .*$/m.exec(errors)?.[0] ?? failure.split('\n')[0];
  return { reason: `looking for a GPU failed: ${told}`, remedy: "Update the GPU's driver, or use another backend." };
}

function nothing(errors: string): { reason: string; remedy: string } {
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

/** For people: `NVIDIA GeForce RTX 4070 (nvidia ada-lovelace)`. */
export function nameOf({ vendor, architecture, device, description }: AdapterInfo): string {
  const family = [vendor, architecture].filter(part => part !== '').join(' ');
  const name = description || device;
  if (name === '') return family || 'a GPU without a name';
  return family === '' ? name : `${name} (${family})`;
}

/** SwiftShader, Mesa's llvmpipe, Microsoft's WARP: the processor plays the GPU. */
export function isSoftware({ isFallbackAdapter, vendor, architecture, device, description }: AdapterInfo): boolean {
  const words = [vendor, architecture, device, description].join(' ');
  return isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render/i.test(words);
}
