import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../../core/src', import.meta.url));

/** Folders of `core/src` from the ground up. A file imports from its own folder and from folders before it. */
const LAYERS = [
  'errors',
  'text',
  'files',
  'contracts',
  'tensor',
  'maths',
  'plugin',
  'schema',
  'data',
  'builtin',
  'catalogue',
  'container',
  'config',
  'backend',
  'monitor',
  'train',
  'profile',
  'evaluate',
  'run',
  'export',
  'compare',
  'report',
  'serve',
  'golden',
  'kit',
  'scaffold',
  'cli',
  'testing',
];

/** Files at the top that gather what an entry point exports. */
const ENTRY_POINTS = ['index.ts', 'host.ts'];

/** Files of `core/src` that each file imports, types included. */
const imports = new Map(
  readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => [name.split(sep).join('/'), importsOf(name)] as const),
);

function importsOf(name: string): readonly string[] {
  const text = readFileSync(join(SOURCE, name), 'utf8');
  const paths = [...text.matchAll(/(?:from|import\(|^import) ?'(\.{1,2}\/[^']+)'/gm)].map(([, path]) => path);
  return paths.map(path =>
    relative(SOURCE, join(SOURCE, dirname(name), path))
      .split(sep)
      .join('/')
      .replace(/\.js$/, '.ts'),
  );
}

const layerOf = (file: string): number => LAYERS.indexOf(file.split('/')[0]);

describe('layers of core/src', () => {
  it('are all listed', () => {
    const unknown = [...imports.keys()].filter(file => layerOf(file) < 0 && !ENTRY_POINTS.includes(file));
    expect(unknown).to.deep.equal([]);
  });

  it('import only from their own folder and from lower ones', () => {
    const upward = [...imports].flatMap(([file, targets]) =>
      ENTRY_POINTS.includes(file)
        ? []
        : targets
            .filter(target => layerOf(target) < 0 || layerOf(target) > layerOf(file))
            .map(target => `${file} -> ${target}`),
    );
    expect(upward).to.deep.equal([]);
  });

  it('have no import cycles between files', () => {
    expect(cycles()).to.deep.equal([]);
  });
});

/** Import paths that lead back to the file they started from, one a cycle found depth first. */
function cycles(): readonly string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) found.push([...path.slice(start), file].join(' -> '));
    if (start >= 0 || done.has(file)) return;
    for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return found;
}
