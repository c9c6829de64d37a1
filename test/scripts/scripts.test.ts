import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../e2e/tiny.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}
interface Result extends Counts {
  readonly name: string;
  readonly seconds: number;
  readonly ok: boolean;
}
interface Recorded {
  readonly status: number;
  readonly output: string;
  readonly seconds: number;
}

// The scripts are plain JavaScript, since they run before the first build.
const { program, carl } = (await import('../../scripts/program.mjs' as string)) as {
  program: (packageName: string, name?: string, root?: string) => [node: string, file: string];
  carl: (...args: string[]) => string[];
};
const { mochaCounts, goldenCounts, resultOf, summaryLines } = (await import('../../scripts/summary.mjs' as string)) as {
  mochaCounts: (text: string) => Counts;
  goldenCounts: (text: string) => Counts;
  resultOf: (name: string, recorded: Recorded, counts?: (text: string) => Counts) => Result;
  summaryLines: (results: readonly Result[]) => string[];
};

describe('programs that scripts run', () => {
  const folder = temporaryFolder();

  function install(name: string, manifest: object): void {
    mkdirSync(folder.within('node_modules', name), { recursive: true });
    writeFileSync(folder.within('node_modules', name, 'package.json'), JSON.stringify(manifest));
  }

  it('are JavaScript files named in `bin`, as text or by program, run by this Node.js', () => {
    install('single', { bin: './cli.js' });
    install('@scope/several', { bin: { several: 'bin/a.js', other: 'bin/b.js' } });
    const at = (...path: string[]) => [process.execPath, folder.within('node_modules', ...path)];
    expect(program('single', undefined, folder.path)).to.deep.equal(at('single', 'cli.js'));
    expect(program('@scope/several', undefined, folder.path)).to.deep.equal(at('@scope/several', 'bin', 'a.js'));
    expect(program('@scope/several', 'other', folder.path)).to.deep.equal(at('@scope/several', 'bin', 'b.js'));
  });

  it('are refused if the package lacks the program or is not installed', () => {
    install('without', { name: 'without' });
    expect(() => program('without', undefined, folder.path)).to.throw('The package without has no program without.');
    expect(() => program('missing', undefined, folder.path)).to.throw(
      'The package missing is not installed. Run: npm ci',
    );
  });

  it('start without a shell and without node_modules/.bin', function () {
    const names = readdirSync(join(ROOT, 'scripts')).filter(name => name.endsWith('.mjs'));
    const scripts = names.map(name => readFileSync(join(ROOT, 'scripts', name), 'utf8'));
    const used = scripts.flatMap(text => [...text.matchAll(/\bprogram\('([^']+)'(?:, '([^']+)')?\)/g)]);
    expect(used.map(([, name]) => name)).to.include.members(['typescript', 'mocha', 'eslint', 'prettier', 'cspell']);
    for (const command of [carl(), ...used.map(([, name, bin]) => program(name, bin))]) {
      const { status, stdout } = spawnSync(command[0], [...command.slice(1), '--version'], { encoding: 'utf8' });
      expect([status, /\d+\.\d+\.\d+/.test(stdout)], command[1]).to.deep.equal([0, true]);
    }
  });
});

describe('the summary of npm run verify', () => {
  it('counts passed, failed and skipped tests of mocha and golden cases', () => {
    expect(mochaCounts('\n  12 passing (3s)\n  2 pending\n  1 failing\n')).to.deep.equal({ passed: 12, failed: 1, skipped: 2 }); // prettier-ignore
    expect(goldenCounts('kind case\n30 passed, 4 failed, 5 skipped\n')).to.deep.equal({ passed: 30, failed: 4, skipped: 5 }); // prettier-ignore
    expect(mochaCounts('nothing')).to.deep.equal({ passed: 0, failed: 0, skipped: 0 });
  });

  it('ends with skipped tests, then passed and failed ones; a step that breaks is one failure', () => {
    const results = [
      resultOf('build', { status: 0, output: '', seconds: 61.4 }),
      resultOf('golden cases', { status: 1, output: '3 passed, 2 failed, 4 skipped', seconds: 5 }, goldenCounts),
      resultOf('tests', { status: 7, output: ' 9 passing', seconds: 100 }, mochaCounts),
    ];
    expect(summaryLines(results)).to.deep.equal([
      'ok        61 s  build',
      'FAILED     5 s  golden cases  3 passed, 2 failed, 4 skipped',
      'FAILED   100 s  tests         9 passed, 1 failed, 0 skipped',
      '4 skipped',
      '12 passed, 3 failed',
    ]);
  });
});
