import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { program } from '../e2e/cli.js';
import { temporaryFolder } from '../e2e/tiny.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const VENDOR = join(ROOT, 'core/vendor');

const { libraries } = (await import('../../scripts/write-libraries.mjs' as string)) as {
  libraries: () => Promise<readonly (readonly [name: string, text: string])[]>;
};

/** Module hooks that print the address of every module that an `import` loads. */
const HOOKS = `export const load = (url, context, next) => (process._rawDebug('import ' + url), next(url, context));`;

describe('libraries in core/vendor', () => {
  const folder = temporaryFolder();

  it('are what `npm run libraries` writes', async () => {
    const written = await libraries();
    expect(readdirSync(VENDOR).sort()).to.deep.equal(written.map(([name]) => name).sort());
    for (const [name, text] of written) expect(readFileSync(join(VENDOR, name), 'utf8') === text, name).to.equal(true);
  });

  it('are all that the command imports of them, and TensorFlow.js is not imported but required', () => {
    writeFileSync(folder.within('hooks.mjs'), HOOKS);
    const register = `import { register } from 'node:module'; register('${String(pathToFileURL(folder.within('hooks.mjs')))}');`;
    const hooked = ['--import', `data:text/javascript,${encodeURIComponent(register)}`];
    const validate = [program, 'validate', join(ROOT, 'pipelines/carl-fashion-mnist-mini.yaml')];
    const { status, stderr } = spawnSync(process.execPath, [...hooked, ...validate], { encoding: 'utf8' });
    expect(status, stderr).to.equal(0);
    const imported = [...stderr.matchAll(/^import (.*)$/gm)].map(([, url]) => url);
    for (const name of readdirSync(VENDOR))
      expect(imported.some(url => url.endsWith(`core/vendor/${name}`)), name).to.equal(true); // prettier-ignore
    const slow = /\/node_modules\/(?:ajv|@?inversify\w*|reflect-metadata|typebox|@tensorflow)\//;
    expect(imported.filter(url => slow.test(url))).to.deep.equal([]);
  });
});
