import { eachFileState } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refusal } from '../refusal.js';

const FILES = 700;

describe('core/file-states', () => {
  const root = mkdtempSync(join(tmpdir(), 'carl-file-states-'));
  after(() => rmSync(root, { recursive: true }));
  const names = Array.from({ length: FILES }, (_, i) => `${i}.bin`);
  before(() =>
    names.forEach((name, i) => {
      writeFileSync(join(root, name), Buffer.alloc(i));
      utimesSync(join(root, name), i, i);
    }),
  );

  /** A path that takes as long to be found as an answer of a slow disk, for the first of every hundred files. */
  function slowPath(name: string): string {
    const end = performance.now() + (name.endsWith('00.bin') ? 12 : 0);
    while (performance.now() < end);
    return join(root, name);
  }

  for (const [disk, pathOf] of [
    ['fast', (name: string) => join(root, name)],
    ['slow', slowPath],
  ] as const) {
    it(`tells size and time of every file of a ${disk} disk`, async () => {
      const states = new Map<string, readonly number[]>();
      await eachFileState(names, pathOf, ({ size, modified }, name) => states.set(name, [size, modified]));
      expect(states.size).to.equal(FILES);
      names.forEach((name, i) => expect(states.get(name)).to.deep.equal([i, 1000 * i]));
    });

    it(`names the missing file of a ${disk} disk`, async () => {
      const error = await refusal(eachFileState([...names, 'missing.bin'], pathOf, () => undefined));
      expect(error).to.include({ code: 'INPUT_FILE' });
      expect(error.message).to.contain(join(root, 'missing.bin'));
    });
  }
});
