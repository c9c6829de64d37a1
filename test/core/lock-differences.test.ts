import { earlierText, lockDifferences } from '@carl-ssl/core/testing';
import { expect } from 'chai';

type Lock = Parameters<typeof lockDifferences>[0];

const lock: Lock = {
  format: 1,
  created: '2026-01-01',
  seed: 0,
  pipeline: 'p',
  data: { train: { images: 3, sha256: 'a' } },
  backend: { name: 'wasm', versions: { 'tfjs-backend-wasm': '4.22.0' }, threads: 2, flags: { simd: 'true' } },
  versions: { node: '22.1.0', tfjs: '4.22.0' },
  plugins: [{ name: 'mine', version: '1.0.0', integrity: 'sha256-a', path: '/here' }],
  machine: { platform: 'linux', arch: 'x64', cpu: 'x', cores: 2 },
};

describe('differences between two locks', () => {
  const changed: Readonly<Record<string, readonly [Partial<Lock>, readonly string[]]>> = {
    'nothing but folder and machine': [{ plugins: [{ ...lock.plugins[0], path: '/there' }], created: 'now' }, []],
    'another backend, in one line': [
      { backend: { name: 'cpu', versions: {}, threads: 1, flags: {} } },
      ['backend: was wasm, is cpu'],
    ],
    'threads, versions and settings of the backend': [
      { backend: { name: 'wasm', versions: { 'tfjs-backend-wasm': '4.23.0' }, threads: 1, flags: {} } },
      [
        'backend version of tfjs-backend-wasm: was 4.22.0, is 4.23.0',
        'backend threads: was 2, is 1',
        'backend setting simd: was true, is none',
      ],
    ],
    programs: [{ versions: { node: '24.2.0', tfjs: '4.22.0' } }, ['Node.js: was 22.1.0, is 24.2.0']],
    'plugins by version, files and presence': [
      {
        plugins: [
          { ...lock.plugins[0], integrity: 'sha256-b' },
          { name: 'new', version: '2.0.0', integrity: '' },
        ],
      },
      ['plugin mine: its files changed (version 1.0.0 as before)', 'plugin new: was none, is 2.0.0'],
    ],
    'data and initial weights': [
      { data: { train: { images: 4 } }, initialWeights: 'ab' },
      ['data train: had 3 images, has 4', 'initial weights: was none, is ab'],
    ],
  };
  for (const [name, [changes, lines]] of Object.entries(changed))
    it(`are plain lines: ${name}`, () => {
      expect(lockDifferences(lock, { ...lock, ...changes }).map(({ text }) => text)).to.deep.equal(lines);
    });
});

describe('the text about an earlier evaluation', () => {
  const report = { kept: 0, count: 5, differences: [], rounding: [] };
  const told = { path: 'runs/a', warned: [] };
  const node = 'Node.js: was 22.1.0, is 24.2.0';

  it('names a change once: not again after the warning about the training', () => {
    const differences = [node];
    const draft = 'runs/a/results.json.partial';
    const text = (warned: readonly string[]) =>
      earlierText({ ...report, differences, draft }, { ...told, warned }).join('\n');
    expect(text([])).to.match(/^all results of runs\/a are computed again, because this changed:\n {2}Node\.js: was/);
    expect(text([node]))
      .to.match(/^all results of runs\/a are computed again/)
      .and.not.contain('Node.js');
    expect(text([])).to.contain(draft);
  });

  it('says that figures of another number of threads are kept, and agree up to rounding', () => {
    const text = earlierText({ ...report, kept: 5, rounding: ['backend threads: was 2, is 1'] }, told).join('\n');
    expect(text).to.match(/^5 of 5 results are kept .*--recompute.*\n.*up to rounding; backend threads: was 2, is 1$/);
    expect(earlierText({ ...report, kept: 5 }, { ...told, quiet: true })).to.deep.equal([]);
  });
});
