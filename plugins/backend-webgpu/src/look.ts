import { openAdapter, type AdapterInfo } from './dawn.js';

/**
 * A program of its own: says as JSON which GPU there is, or null. A driver that is broken ends a process, and Dawn
 * writes what it misses to the terminal, so this one is not the user's.
 */
const { adapter } = await openAdapter();
const found = adapter && described(adapter.info);
process.stdout.write(`${JSON.stringify(found)}\n`, () => process.exit(0));

/** As plain data; Dawn's own object has getters only. */
function described({ vendor, architecture, device, description, isFallbackAdapter }: AdapterInfo): AdapterInfo {
  return { vendor, architecture, device, description, isFallbackAdapter };
}
