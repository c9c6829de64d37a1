import { loadPipeline } from '@carl-ssl/core/host';
import { diagnosticsOf, writeNewPlugin } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { blocksOf, pages, ROOT } from './blocks.js';

const run = promisify(execFile);

describe('docs/guide/write-a-plugin.md', () => {
  let folder: string;

  before(async () => {
    const caches = join(ROOT, 'node_modules/.cache');
    mkdirSync(caches, { recursive: true });
    folder = mkdtempSync(join(caches, 'plugin-'));
    await writeNewPlugin(folder, { name: 'carl-iic', use: 'iic', slot: 'objective', language: 'typescript' });
    const page = pages().find(({ path }) => path === 'docs/guide/write-a-plugin.md')!;
    for (const { file, text } of blocksOf(page)) {
      if (file === undefined) continue;
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('compiles', async () => {
    const { stdout } = await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc')], { cwd: folder });
    expect(stdout).to.equal('');
  });

  it('passes the contract kit', async () => {
    const { stdout } = await run(process.execPath, ['--test', 'dist/test/iic.test.js'], { cwd: folder });
    expect(stdout)
      .to.match(/^# fail 0$/m)
      .and.not.match(/^# pass 0$/m);
  });

  it('gives a pipeline that uses it', async () => {
    const file = join(folder, 'pipeline.yaml');
    expect(await diagnosticsOf(file, {})).to.deep.equal([]);
    const { pipeline } = await loadPipeline(file);
    expect(pipeline.objective).to.deep.equal({ use: 'iic', balance: 1 });
  });
});
