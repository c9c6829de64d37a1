import { totalmem } from 'node:os';
import type { Backend, DeviceMemory } from '../contracts/backend.js';
import { located, MismatchError } from '../config/mismatch-error.js';
import { chosenBackend } from '../backend/activate.js';
import type { Experiment } from './experiment.js';
import { memoryParts, total, type MemoryPart } from './memory-parts.js';

/** Bytes that this process may use: of the machine, or of its container if that has fewer. */
export function machineMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/**
 * Refuses a training that needs more memory for a step than the machine has, or than the device of an active backend has as
 * far as that is known.
 * @param wanted the backend to compute on, by default that of the pipeline
 * @throws PipelineError with the figure and the largest part
 */
export async function requireMemory(
  experiment: Experiment,
  available = machineMemory(),
  wanted = experiment.pipeline.backend,
): Promise<void> {
  const { backend } = await chosenBackend(wanted, experiment.loaded.catalogue);
  const misfit = misfitOf(memoryParts(experiment), available, backend);
  if (misfit) throw located(misfit, experiment.loaded);
}

function misfitOf(parts: readonly MemoryPart[], available: number, backend: Backend): MismatchError | undefined {
  const machine = `this machine has ${memoryText(available)}`;
  if (isInProcess(backend)) return tooLarge(parts, available, machine);
  const { bytes = Infinity, tensorBytes = Infinity } = memoryOf(backend);
  const [host, device] = [true, false].map(onHost => parts.filter(part => (part.onHost ?? false) === onHost));
  return (
    tooLarge(host, available, machine) ??
    tooLarge(device, bytes, `the device of the backend \`${backend.name}\` has ${memoryText(bytes)}`) ??
    tensorTooLarge(device, tensorBytes, backend)
  );
}

function isInProcess(backend: Backend): boolean {
  return backend.estimate?.({ flops: 1, bytes: 1 })?.inProcess ?? false;
}

function memoryOf(backend: Backend): DeviceMemory {
  return backend.memory?.() ?? {};
}

function tooLarge(parts: readonly MemoryPart[], available: number, has: string): MismatchError | undefined {
  const bytes = total(parts, 'bytes');
  if (!(bytes > available)) return undefined;
  const largest = parts.reduce((most, part) => (part.bytes > most.bytes ? part : most));
  return new MismatchError(
    largest.key,
    `A training step needs ${Number.isFinite(bytes) ? 'at least ' : ''}${memoryText(bytes)} of memory and ${has}. The largest part is ${memoryText(largest.bytes)} for ${largest.description}.`,
    largest.remedy,
    largest.sizes,
  );
}

function tensorTooLarge(parts: readonly MemoryPart[], limit: number, { name }: Backend): MismatchError | undefined {
  const part = parts.find(({ tensorBytes = 0 }) => tensorBytes > limit);
  if (!part) return undefined;
  const text = `A tensor of ${memoryText(part.tensorBytes!)} is needed for ${part.description}, and the backend \`${name}\` allows ${memoryText(limit)} for one tensor on this device.`;
  return new MismatchError(part.key, text, part.remedy, part.sizes);
}

function memoryText(bytes: number): string {
  if (!Number.isFinite(bytes)) return 'over 1e+299 GiB';
  if (bytes < 2 ** 30) return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  const gigabytes = bytes / 2 ** 30;
  return `${gigabytes < 1e9 ? gigabytes.toFixed(gigabytes < 100 ? 1 : 0) : gigabytes.toExponential(1)} GiB`;
}
