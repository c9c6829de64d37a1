import { openAdapter, type AdapterInfo } from './dawn.js';

/**
 * Program that writes the adapter of the GPU as JSON, or null. It is a process of its own because a broken driver ends its
 * process, and because Dawn reports missing libraries on the terminal.
 */
const { adapter } = await openAdapter();
const found = adapter && plain(adapter.info);
process.stdout.write(`${JSON.stringify(found)}\n`, () => process.exit(0));

/** Copies Dawn's object, whose properties are getters and would be lost in JSON. */
function plain({ vendor, architecture, device, description, isFallbackAdapter }: AdapterInfo): AdapterInfo {
  return { vendor, architecture, device, description, isFallbackAdapter };
}
