import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly engines: { readonly node: string };
  readonly files: readonly string[];
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly allowScripts?: Readonly<Record<string, boolean>>;
}

const read = <T>(...path: string[]): T => JSON.parse(readFileSync(join(ROOT, ...path), 'utf8')) as T;

const root = read<Manifest>('package.json');
const lerna = read<{ version: string; packages: readonly string[] }>('lerna.json');
const folders = ['cli', 'core', ...readdirSync(join(ROOT, 'plugins')).map(name => `plugins/${name}`)];
const packages = folders.map(folder => ({ folder, manifest: read<Manifest>(folder, 'package.json') }));

describe('packages of this repository', () => {
  it('are all dependencies of the package with the command', () => {
    const { dependencies = {} } = packages[0].manifest;
    const names = packages.slice(1).map(({ manifest }) => manifest.name);
    expect(Object.keys(dependencies)).to.include.members(names);
  });

  it('share TensorFlow.js with plugins of others: it is a dependency of core and a peer of plugins', () => {
    const own = packages.filter(({ manifest }) => manifest.dependencies?.['@tensorflow/tfjs-core'] !== undefined);
    expect(own.map(({ folder }) => folder)).to.deep.equal(['cli', 'core']);
  });

  it('are the same for npm and lerna, but for the private one with the tests', () => {
    expect(root.workspaces).to.deep.equal([...lerna.packages, 'test']);
  });

  for (const { folder, manifest } of packages) {
    it(`have one version and depend on it: ${folder}`, () => {
      expect(manifest.version).to.equal(lerna.version);
      const own = Object.entries(manifest.dependencies ?? {}).filter(([name]) => name.startsWith('@carl-ssl/'));
      expect(own.filter(([, range]) => range !== lerna.version)).to.deep.equal([]);
    });

    it(`have licence, Node.js version, README and files in common: ${folder}`, () => {
      expect(manifest.license).to.match(/^Apache-2\.0/);
      expect(manifest.engines).to.deep.equal(root.engines);
      for (const file of ['README.md', 'LICENSE']) expect(existsSync(join(ROOT, folder, file)), file).to.equal(true);
      const expected = folder === 'cli' ? ['bin'] : ['dist', '!dist/.tsbuildinfo', '!dist/**/*.map'];
      expect(manifest.files).to.include.members(expected);
    });
  }

  it('depend on one version of a package', () => {
    const ranges = new Map<string, Set<string>>();
    for (const { dependencies, devDependencies } of [root, read<Manifest>('test', 'package.json'), ...packages.map(({ manifest }) => manifest)])
      for (const [name, range] of Object.entries({ ...dependencies, ...devDependencies }))
        ranges.set(name, (ranges.get(name) ?? new Set()).add(range));
    const several = [...ranges].filter(([, set]) => set.size > 1).map(([name]) => name);
    expect(several).to.deep.equal([]);
  }); // prettier-ignore

  it('run no install script of a dependency: package.json denies every one of the lock file', () => {
    const { packages: locked } = read<{ packages: Record<string, { hasInstallScript?: boolean }> }>(
      'package-lock.json',
    );
    const withScript = Object.keys(locked).filter(path => locked[path].hasInstallScript);
    const names = new Set(withScript.map(path => path.split('node_modules/').at(-1)!));
    expect(root.allowScripts).to.deep.equal(Object.fromEntries([...names].map(name => [name, false])));
  });
});
