import { CarlError, readDataFile, readUserFile } from '@carl-ssl/core';
import { loadPipeline, loadPlugins } from '@carl-ssl/core/host';
import { readInitialWeights } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../e2e/tiny.js';
import { minimal, withFiles } from './config-support.js';

const messageOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => expect.fail('it was accepted'),
    (reason: unknown) => reason,
  );
  expect(CarlError.is(error), String(error)).to.equal(true);
  return (error as CarlError).message;
};

(process.platform === 'win32' ? describe.skip : describe)(
  'a named pipe, a device or a folder in place of a file',
  () => {
    const folder = temporaryFolder();
    let pipe: string;
    before(() => execFileSync('mkfifo', [(pipe = folder.within('pipe'))]));

    it('is refused as data and as weights at once', async () => {
      for (const [path, kind] of [
        [pipe, 'It is a named pipe, not a regular file.'],
        ['/dev/zero', 'It is a device, not a regular file.'],
        [folder.within('.'), 'It is a folder; name the file in it.'],
      ]) {
        expect(await messageOf(readUserFile(path)))
          .to.include(path)
          .and.include(kind);
        expect(await messageOf(readDataFile(path, () => 1))).to.include(kind);
        expect(await messageOf(readInitialWeights(path, []))).to.include(kind);
      }
    });

    it('is refused as a pipeline, also behind `extends`', async () => {
      const load = async (file: string): Promise<string> => loadPipeline(file).then(() => 'was accepted', String);
      expect(await load(pipe)).to.include('FILE_UNREADABLE The file cannot be read: it is a named pipe');
      expect(await load('/dev/zero')).to.include('it is a device, not a regular file');
      await withFiles({ 'a.yaml': `extends: ${pipe}\n`, 'b.yaml': 'extends: a.yaml\n' }, async cwd => {
        const error = await load(join(cwd, 'b.yaml'));
        expect(error).to.include('cannot be extended').and.include('it is a named pipe');
        expect(error).to.not.include('Did you mean');
      });
    });

    it('is refused as a plugin, its package.json or its module', async () => {
      const refusal = (name: string): Promise<string> => messageOf(loadPlugins([name], folder.within('.')));
      expect(await refusal('./pipe')).to.include('is not a regular file');
      mkdirSync(folder.within('own'));
      execFileSync('mkfifo', [folder.within('own/package.json')]);
      expect(await refusal('./own')).to.include('The package.json of `./own` is not a');
      mkdirSync(folder.within('other'));
      writeFileSync(folder.within('other/package.json'), '{ "carl": { "api": "^0.1.0", "plugin": "./index.js" } }');
      execFileSync('mkfifo', [folder.within('other/index.js')]);
      expect(await refusal('./other')).to.include('names the module ./index.js, which is not a file');
    });
  },
);

describe('a file', () => {
  it('of a pipeline has a largest size, whatever its disk space', async () => {
    await withFiles({ 'a.yaml': minimal + ' '.repeat(2 ** 20) }, async cwd => {
      const error = await loadPipeline(join(cwd, 'a.yaml')).then(() => 'was accepted', String);
      expect(error).to.include('FILE_TOO_LARGE').and.include('at most 1048576 are read');
    });
  });
});
