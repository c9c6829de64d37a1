import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const lists = join(root, 'test', 'core', 'entry-points');
const update = process.env.UPDATE_ENTRY_POINTS === '1';

/** Entry points of the package, and the source file of each. */
const ENTRY_POINTS = { core: 'index.ts', host: 'host.ts', testing: 'testing/index.ts' };

const EXPORT = /^export (type )?\{([^}]*)\} from '[^']+';$/gm;

/** Names that an entry point exports, with `type` in front of those without a value. */
function exportsOf(file: string): readonly string[] {
  const text = readFileSync(join(root, 'core', 'src', file), 'utf8');
  const names = [...text.matchAll(EXPORT)].flatMap(([, allTypes, list]) =>
    list
      .split(',')
      .map(name => name.trim())
      .filter(name => name !== '')
      .map(name => (allTypes ? `type ${name}` : name).replace(/^(type )?\w+ as /, '$1')),
  );
  return names.sort((a, b) => a.replace('type ', '').localeCompare(b.replace('type ', ''), 'en'));
}

describe('entry points of the core package', () => {
  for (const [name, file] of Object.entries(ENTRY_POINTS)) {
    it(`${name} exports the names in test/core/entry-points/${name}.txt (UPDATE_ENTRY_POINTS=1 writes them)`, () => {
      const list = join(lists, `${name}.txt`);
      const names = `${exportsOf(file).join('\n')}\n`;
      if (update) writeFileSync(list, names);
      expect(names).to.equal(existsSync(list) ? readFileSync(list, 'utf8') : '');
    });

    it(`${name} consists of explicit exports`, () => {
      const text = readFileSync(join(root, 'core', 'src', file), 'utf8');
      // Gradients are registered when the package is loaded.
      const rest = text
        .replaceAll(EXPORT, '')
        .replaceAll(/\/\*\*.*?\*\//gs, '')
        .replace("import './tensor/engine.js';", '');
      expect(rest.trim()).to.equal('');
    });
  }

  it('export every name once', () => {
    const names = Object.values(ENTRY_POINTS).flatMap(file => exportsOf(file).map(name => name.replace('type ', '')));
    expect(names.filter((name, i) => names.indexOf(name) !== i)).to.deep.equal([]);
  });

  it('are the only way in for tests, benchmarks and plugins', () => {
    const inside = ['test', 'benchmarks', 'plugins'].flatMap(folder =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter(name => name.endsWith('.ts') && !/(^|[\\/])(dist|node_modules)[\\/]/.test(name))
        .filter(name => / from '[^']*core\/(src|dist)\//.test(readFileSync(join(root, folder, name), 'utf8')))
        .map(name => join(folder, name)),
    );
    expect(inside).to.deep.equal([]);
  });
});
