import { CarlError, type Kernels } from '@carl-ssl/core';
import { useKernels } from '@carl-ssl/core/testing';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import webgpu from '@carl-ssl/backend-webgpu';
import { skipped } from '../skipped.js';

/** SwiftShader's description for the Vulkan loader, as Debian's chromium has it. */
const DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json';

// glibc's RTLD_NODELETE, which Node does not name.
const STAY = 0x1000;

const create = () => webgpu.components[0].create({}, {});

/** Variables of the environment with which a process computes on SwiftShader; undefined where that is not installed. */
export const swiftShader: Readonly<Record<string, string>> | undefined = existsSync(DRIVER)
  ? { VK_DRIVER_FILES: DRIVER, LD_LIBRARY_PATH: dirname(DRIVER) }
  : undefined;

/**
 * Makes the backend compute on SwiftShader in this process, whatever GPU there is; or gives why not.
 * CI_WEBGPU=required makes that an error.
 */
export async function activateOnSwiftShader(): Promise<Partial<Kernels> | string> {
  const reason = swiftShader ? await use(swiftShader) : `there is no ${DRIVER} (apt-get install chromium)`;
  if (reason === undefined) return create().activate();
  if (process.env.CI_WEBGPU === 'required') throw new CarlError('BACKEND_UNAVAILABLE', reason);
  return reason;
}

async function use(variables: Readonly<Record<string, string>>): Promise<string | undefined> {
  Object.assign(process.env, variables);
  stayLoaded(join(dirname(DRIVER), 'libvulkan.so.1'));
  const { available, reason } = await create().probe();
  return available ? undefined : reason;
}

/** Loads a library that is no addon, so that one opened by its name alone later is this one. */
function stayLoaded(library: string): void {
  try {
    process.dlopen({ exports: {} }, library, constants.dlopen.RTLD_NOW | STAY);
  } catch {
    // It says that it is no addon, and stays.
  }
}

/** Runs the tests of a suite on SwiftShader, or skips them saying why; afterwards everything is as before. */
export function onSwiftShader(tests: () => void): void {
  before(async function () {
    const kernels = await activateOnSwiftShader();
    if (typeof kernels !== 'string') return useKernels(kernels);
    skipped(this, `WebGPU cannot be tried, ${kernels}`);
  });
  after(async () => {
    useKernels({});
    await tf.setBackend('cpu');
  });
  tests();
}
