import { CarlError, seededStreams, slots, type ImageSet, type Plugin, type Reader } from '@carl-ssl/core';
import { catalogueOf, completeOptions, componentsOf, createRoot } from '@carl-ssl/core/host';
import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Path of a file of a golden case. */
export const golden = (path: string): string =>
  fileURLToPath(new URL(`../golden/cases/reader/${path}`, import.meta.url));

/** Makes readers of some plugins by name, with defaults filled in. */
export function readersOf(...plugins: readonly Plugin[]): (use: string, options: object) => Reader {
  const catalogue = catalogueOf(plugins);
  const components = componentsOf(createRoot(catalogue));
  return (use, options) => components.create(slots.reader, completeOptions(catalogue, 'reader', { use, ...options }));
}

/** A folder for the tests of a block, with a function that writes files into it. */
export function scratch(): {
  readonly write: (name: string, content: Uint8Array | string) => string;
  readonly at: (name: string) => string;
} {
  let folder = '';
  before(() => (folder = mkdtempSync(join(tmpdir(), 'readers-'))));
  after(() => rmSync(folder, { recursive: true }));
  const at = (name: string): string => join(folder, name);
  return {
    at,
    write: (name, content) => {
      writeFileSync(at(name), content);
      return at(name);
    },
  };
}

/** All pixels and labels of a set. */
async function contentOf(set: ImageSet): Promise<string> {
  const images = await set.read(Array.from({ length: set.length }, (_, i) => i));
  return JSON.stringify([
    images.map(({ data, ...size }) => [
      size,
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
    ]),
    Array.from(set.labels ?? []),
  ]);
}

/** Damage that one round of {@link fuzz} does. */
function damaged(original: Buffer, round: number): Buffer {
  const random = seededStreams(7).at('fuzz', round);
  const bytes = Buffer.from(original);
  if (round % 4 === 0) return bytes.subarray(0, random.integer(bytes.length));
  for (let i = 0; i <= random.integer(4); i++) {
    const at = random.integer(bytes.length);
    if (round % 4 === 1) bytes[at] ^= 1 << random.integer(8);
    else if (round % 4 === 2) bytes[at] = [0, 0x7f, 0x80, 0xff][random.integer(4)];
    else bytes.fill(random.integer(256), at, Math.min(bytes.length, at + random.integer(64)));
  }
  return bytes;
}

/** How a format is fuzzed. */
export interface Fuzz {
  readonly original: string;
  readonly read: (path: string) => Promise<ImageSet>;
  readonly at: string;
  readonly rounds: number;
  /** True if the format has checksums over everything that matters: whatever is accepted must be the right data. */
  readonly checked?: boolean;
}

/** Reads mutated and cut files: each is refused with its path, or accepted with complete images. Returns the counts. */
export async function fuzz({
  original,
  read,
  at,
  rounds,
  checked,
}: Fuzz): Promise<{ accepted: number; refused: number }> {
  const bytes = readFileSync(original);
  const counts = { accepted: 0, refused: 0 };
  const right = checked ? await contentOf(await read(original)) : undefined;
  // The process may have run other tests before.
  const before = process.memoryUsage().rss;
  for (let round = 0; round < rounds; round++) {
    writeFileSync(at, damaged(bytes, round));
    try {
      const content = await contentOf(await read(at));
      if (right !== undefined) expect(content, `round ${round}`).to.equal(right);
      counts.accepted++;
    } catch (error) {
      expect(CarlError.is(error), `round ${round}: ${String((error as Error).stack)}`).to.equal(true);
      expect((error as CarlError).message, `round ${round}`).to.include(at);
      counts.refused++;
    }
  }
  expect(process.memoryUsage().rss - before).to.be.below(2 ** 30);
  return counts;
}
