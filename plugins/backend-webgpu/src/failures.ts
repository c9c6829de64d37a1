import { CarlError } from '@carl-ssl/core';
import type { Device } from './dawn.js';
import type { WebGPUBackend } from './read-at-once.js';

/**
 * Has reading a tensor fail once the GPU has failed at anything. WebGPU itself goes on after running out of memory, say,
 * with tensors that hold zeros.
 */
export function reportFailures(backend: WebGPUBackend, device: Device): void {
  let failure: string | undefined;
  device.addEventListener('uncapturederror', event => {
    // Else Dawn writes it to the terminal.
    event.preventDefault();
    failure ??= event.error.message;
  });
  void device.lost.then(({ reason, message }) => {
    if (reason !== 'destroyed') failure ??= `the GPU was lost, ${message}`;
  });
  const [read, readSync] = [backend.read.bind(backend), backend.readSync.bind(backend)];
  backend.read = async id => checked(await read(id));
  backend.readSync = id => checked(readSync(id));

  function checked<T>(values: T): T {
    if (failure === undefined) return values;
    const line = failure.trim().split('\n')[0].replace(/\.$/, '');
    throw new CarlError(
      'BACKEND_UNAVAILABLE',
      `The GPU failed: ${line}. If its memory is full, a smaller batch needs less; or use another backend.`,
    );
  }
}
