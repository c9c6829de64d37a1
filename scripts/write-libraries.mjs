/**
 * Writes core/vendor: libraries of hundreds of modules, each joined to one file, because Node.js takes about a millisecond to
 * load a module. Run it by `npm run libraries` after a new version of one of them. `imports` in core/package.json names the files.
 */
import { build } from 'esbuild';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const CORE = fileURLToPath(new URL('../core/', import.meta.url));

/** What core uses of each library. */
const LIBRARIES = {
  ajv: `export { Ajv } from 'ajv';`,
  inversify: `import 'reflect-metadata'; export { Container, ContainerModule } from 'inversify';`,
  typebox: `export { Type } from 'typebox';`,
};

/** Names and texts of the files. */
export async function libraries() {
  return Promise.all(Object.entries(LIBRARIES).map(async ([name, entry]) => [`${name}.js`, await joined(entry)]));
}

async function joined(entry) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: entry, resolveDir: CORE },
    absWorkingDir: CORE,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    legalComments: 'none',
  });
  const note = '// Generated from the packages named below by `npm run libraries`.\n';
  return `${note}${licences(Object.keys(metafile.inputs))}\n${outputFiles[0].text}`;
}

/** The licence of every package that has some of the files. */
function licences(files) {
  const folders = new Set(files.map(file => /^.*node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(file)?.[0]).filter(Boolean));
  return [...folders].sort().map(licence).join('\n');
}

function licence(folder) {
  const path = `${CORE}${folder}`;
  const { name, version } = JSON.parse(readFileSync(`${path}package.json`, 'utf8'));
  const file = readdirSync(path).find(one => /^(?:licence|license)/i.test(one));
  if (file === undefined) throw new Error(`${name} has no file with its licence.`);
  return `/* ${name} ${version}\n\n${readFileSync(`${path}${file}`, 'utf8').trim().replaceAll('\r', '')}\n*/`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(`${CORE}vendor`, { recursive: true });
  for (const [name, text] of await libraries()) writeFileSync(`${CORE}vendor/${name}`, text);
}
