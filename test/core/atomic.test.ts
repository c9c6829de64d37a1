import { CarlError, makeFolders, orDiskError, writeAtomic } from '@carl-ssl/core';
import { clearLeftovers, writeFolderAtomic } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skipped } from '../skipped.js';

async function diskError(work: Promise<unknown>, code = 'DISK'): Promise<string> {
  const error: unknown = await work.then(
    () => new Error('succeeded'),
    (reason: unknown) => reason,
  );
  expect(CarlError.is(error), String(error)).to.equal(true);
  expect((error as CarlError).code).to.equal(code);
  return (error as CarlError).message;
}

describe('writing atomically', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'atomic-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('writes and replaces a file and leaves nothing beside it', async () => {
    const path = join(folder, 'state.json');
    await writeAtomic(path, 'old');
    await writeAtomic(path, Uint8Array.of(0, 255));
    expect([...readFileSync(path)]).to.deep.equal([0, 255]);
    expect(readdirSync(folder)).to.deep.equal(['state.json']);
  });

  it('writes and replaces a folder as a whole', async () => {
    const path = join(folder, 'step-5');
    await writeFolderAtomic(path, { 'a.txt': 'a', 'old.txt': 'b' });
    await writeFolderAtomic(path, { 'a.txt': 'c', 'b.bin': Uint8Array.of(1) });
    expect(readdirSync(path).sort()).to.deep.equal(['a.txt', 'b.bin']);
    expect(readFileSync(join(path, 'a.txt'), 'utf8')).to.equal('c');
    expect(readdirSync(folder)).to.deep.equal(['step-5']);
  });

  it('does not change a folder that must not be replaced', async () => {
    const path = join(folder, 'run');
    await writeFolderAtomic(path, { a: 'first' }, 'refuse');
    expect(await diskError(writeFolderAtomic(path, { a: 'second' }, 'refuse'))).to.include('already there');
    expect(readdirSync(folder)).to.deep.equal(['run']);
    expect(readFileSync(join(path, 'a'), 'utf8')).to.equal('first');
  });

  it('names the path and the remedy when the folder is missing, or is a file', async () => {
    const path = join(folder, 'missing', 'x.json');
    expect(await diskError(writeAtomic(path, 'x')))
      .to.include(path)
      .and.include('create it first');
    writeFileSync(join(folder, 'file'), '');
    expect(await diskError(writeFolderAtomic(join(folder, 'file', 'x'), {}))).to.include('is a file');
  });

  it('removes the temporary file when the name is taken by a folder', async () => {
    mkdirSync(join(folder, 'x'));
    expect(await diskError(writeAtomic(join(folder, 'x'), 'new'))).to.include('move it away');
    expect(readdirSync(folder)).to.deep.equal(['x']);
  });

  it('keeps the old folder when a file of the new one fails', async () => {
    const path = join(folder, 'checkpoint');
    await writeFolderAtomic(path, { a: 'kept' });
    await diskError(writeFolderAtomic(path, { a: 'new', ['b'.repeat(300)]: 'name too long' }));
    expect(readdirSync(folder)).to.deep.equal(['checkpoint']);
    expect(readFileSync(join(path, 'a'), 'utf8')).to.equal('kept');
  });

  it('keeps the old file and removes the new one when writing stops half-way', async function () {
    if (process.platform === 'win32') skipped(this, 'Windows has no limit of the size of a file');
    const path = join(folder, 'large');
    writeFileSync(path, 'kept');
    const script = `import { writeAtomic } from '@carl-ssl/core';
      await writeAtomic(process.argv[1], new Uint8Array(1e6)).catch(error => console.log(error.code, error.message));`;
    const command = `trap '' XFSZ; ulimit -f 64; exec "$0" --input-type=module --eval "$1" "$2"`;
    const output = execFileSync('bash', ['-c', command, process.execPath, script, path], { encoding: 'utf8' });
    expect(output).to.match(/^DISK Cannot write .*large .*larger than the system allows/);
    expect(readdirSync(folder)).to.deep.equal(['large']);
    expect(readFileSync(path, 'utf8')).to.equal('kept');
  });

  it('says what to do when the disk is full or read-only', async () => {
    const failing = (code: string) =>
      orDiskError('/runs/a', () => Promise.reject(Object.assign(new Error(code), { code })));
    expect(await diskError(failing('ENOSPC')))
      .to.include('/runs/a')
      .and.include('disk is full');
    expect(await diskError(failing('EROFS'))).to.include('read-only');
    expect(await diskError(failing('EACCES'))).to.include('permissions');
    expect(await diskError(failing('EIO'))).to.include('Check the disk');
  });

  it('passes other errors on unchanged', async () => {
    const own = new CarlError('INPUT_RUN', 'x');
    expect(await orDiskError('x', () => Promise.reject(own)).catch((error: unknown) => error)).to.equal(own);
    const bug = new TypeError('y');
    expect(await orDiskError('x', () => Promise.reject(bug)).catch((error: unknown) => error)).to.equal(bug);
  });

  it('creates folders as far as they are missing, and ends where none can be created', async () => {
    const path = join(folder, 'a/b/c');
    await makeFolders(path);
    await makeFolders(path);
    await Promise.all([1, 2, 3].map(() => makeFolders(join(folder, 'd/e/f'))));
    expect([...readdirSync(join(folder, 'a/b')), ...readdirSync(join(folder, 'd/e'))]).to.deep.equal(['c', 'f']);
    writeFileSync(join(folder, 'file'), '');
    expect(await diskError(makeFolders(join(folder, 'file/x')), 'INPUT_ARGUMENT')).to.include('file/x');
    expect(await diskError(makeFolders(join(folder, 'file')), 'INPUT_ARGUMENT')).to.include('a file, not a folder');
    if (process.platform !== 'linux') return;
    expect(await diskError(makeFolders('/proc/none/run'))).to.include(
      'Cannot write /proc/none (ENOENT: no such file or directory)',
    );
  });

  it('removes the leftovers of a killed process and restores a folder that was being replaced', async () => {
    const left = [
      '.a.0123456789ab.tmp',
      '.kept.0123456789ab.old',
      '.lost.0123456789ab.old',
      '.hidden',
      'kept',
      'x.tmp',
    ];
    for (const name of left) mkdirSync(join(folder, name));
    writeFileSync(join(folder, '.lost.0123456789ab.old', 'weights'), '1');
    await clearLeftovers(folder);
    expect(readdirSync(folder).sort()).to.deep.equal(['.hidden', 'kept', 'lost', 'x.tmp']);
    expect(readdirSync(join(folder, 'lost'))).to.deep.equal(['weights']);
  });
});
