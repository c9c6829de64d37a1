import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CarlError, type InstallOptions } from '@carl-ssl/core';
import { install, remove, status } from '@carl-ssl/backend-tensorflow';
import { expect } from 'chai';
import { cacheFolder, installFolder, newRecord, recordFile } from '../../plugins/backend-tensorflow/src/cache.js';
import { environmentOf } from '../../plugins/backend-tensorflow/src/environment.js';
import { fetchPin } from '../../plugins/backend-tensorflow/src/install/download.js';
import { locked } from '../../plugins/backend-tensorflow/src/install/lock.js';
import { libraries } from '../../plugins/backend-tensorflow/src/install/pins.js';
import { nvidiaModels, unfit, type Machine } from '../../plugins/backend-tensorflow/src/platform.js';
import { skipped } from '../skipped.js';
import { backend } from './backend-tensorflow-setup.js';

const assets = new URL('../../plugins/backend-tensorflow/assets/', import.meta.url).pathname;
const options: InstallOptions = { gpu: false, keepDownloads: false, terminal: false, report: () => {} };

/** The error a promise is refused with. */
const refusal = (promise: Promise<unknown>): Promise<CarlError> =>
  promise.then(
    () => expect.fail('nothing was wrong'),
    (error: unknown) => (CarlError.is(error) ? error : expect.fail(String(error))),
  );

describe('installing TensorFlow', () => {
  const kept = { ...process.env };
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'carl-tensorflow-'));
    process.env.CARL_CACHE = folder;
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    for (const name of ['CARL_CACHE', 'CXX']) {
      if (kept[name] === undefined) delete process.env[name];
      else process.env[name] = kept[name];
    }
  });

  it('tells machines that TensorFlow runs on from those it does not', () => {
    const fit: Machine = { platform: 'linux', arch: 'x64', glibc: '2.27', napi: 9, features: ['sse', 'avx'] };
    expect(unfit(fit)).to.equal(undefined);
    expect(unfit({ ...fit, glibc: '2.100' })).to.equal(undefined);
    expect(unfit({ ...fit, glibc: '3.0' })).to.equal(undefined);
    expect(unfit({ ...fit, glibc: '2.26' })).to.match(/glibc 2.27 or newer, this system has 2.26/);
    expect(unfit({ ...fit, glibc: undefined })).to.match(/glibc/);
    expect(unfit({ ...fit, arch: 'arm64' })).to.match(/linux on arm64/);
    expect(unfit({ ...fit, platform: 'darwin' })).to.match(/darwin on x64/);
    expect(unfit({ ...fit, napi: 7 })).to.match(/Node-API 8/);
    expect(unfit({ ...fit, features: ['sse'] })).to.match(/AVX/);
  });

  it('reads the models of GPUs from the driver', () => {
    for (const [address, model] of [
      ['0000:01:00.0', 'NVIDIA A'],
      ['0000:02:00.0', 'NVIDIA B'],
    ]) {
      mkdirSync(join(folder, address));
      writeFileSync(join(folder, address, 'information'), `Model: \t\t ${model}\nIRQ:   16\n`);
    }
    expect(nvidiaModels(folder)).to.deep.equal(['NVIDIA A', 'NVIDIA B']);
    expect(nvidiaModels(join(folder, 'none'))).to.deep.equal([]);
  });

  it('finds the cache folder in CARL_CACHE, then XDG_CACHE_HOME, then the home folder', () => {
    expect(cacheFolder({ CARL_CACHE: '/a', XDG_CACHE_HOME: '/b' })).to.equal('/a');
    expect(cacheFolder({ CARL_CACHE: '', XDG_CACHE_HOME: '/b' })).to.equal('/b/carl-ssl');
    expect(cacheFolder({})).to.match(/\.cache\/carl-ssl$/);
  });

  it('hands its settings to TensorFlow through the environment', () => {
    expect(environmentOf({ threads: 3, oneDNN: true })).to.include({
      TF_ENABLE_ONEDNN_OPTS: '1',
      TF_NUM_INTRAOP_THREADS: '3',
    });
    expect(environmentOf({ threads: 1, oneDNN: false })).to.include({ TF_ENABLE_ONEDNN_OPTS: '0' });
  });

  it('says what is missing, and how to get it, where nothing is installed', async () => {
    const found = await status();
    expect(found.map(({ variant, state }) => [variant, state])).to.deep.equal([['cpu', 'absent'], ['gpu', 'absent']]); // prettier-ignore
    const { available, remedy } = await backend.probe();
    expect([available, remedy]).to.deep.equal([false, 'Install it with: carl backend install tensorflow']);
    expect(await remove()).to.equal(0);
  });

  it('takes no half installation for a whole one', async () => {
    mkdirSync(join(installFolder('cpu'), 'tfjs-node'), { recursive: true });
    writeFileSync(recordFile(installFolder('cpu')), JSON.stringify({ recipe: '1', versions: {} }));
    expect((await status())[0].state).to.equal('outdated');
    expect(await backend.probe()).to.deep.include({
      available: false,
      damaged: true,
      remedy: 'Install it again: carl backend install tensorflow',
    });
  });

  it('finds a library that was cut off without loading it, which would end the process', async () => {
    const installed = installFolder('cpu');
    const libraries = ['deps/lib/libtensorflow_cc.so.2', 'deps/lib/libtensorflow_framework.so.2', 'lib/napi-v8/tfjs_binding.node'].map(file => join(installed, 'tfjs-node', file)); // prettier-ignore
    for (const file of libraries) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, 'a library');
    }
    const versions = { tensorflow: '2.21.0' };
    const record = newRecord(installed, { variant: 'cpu', versions, bytes: 27 });
    writeFileSync(recordFile(installed), JSON.stringify(record));
    expect([(await status())[0].state, (await backend.probe()).available]).to.deep.equal(['installed', true]);
    for (const file of libraries) {
      writeFileSync(file, 'a lib');
      expect([(await status())[0].state, (await backend.probe()).available]).to.deep.equal(['outdated', false]);
      rmSync(file);
      expect((await backend.probe()).reason).to.contain('it is damaged');
      writeFileSync(file, 'a library');
    }
  });

  it('names all missing programs at once, and what goes on without', async () => {
    process.env.CXX = '/nowhere/c++';
    const error = await refusal(install({ ...options, python: '/nowhere/python' }));
    expect(error.code).to.equal('BACKEND_INSTALL');
    expect(error.message).to.match(/Python 3.8 .*\/nowhere\/python.*apt-get install python3/);
    expect(error.message).to.match(/compiler .*\/nowhere\/c\+\+.*apt-get install g\+\+/);
    expect(error.message).to.match(/wasm backend at about a tenth of the speed/);
    expect(readdirSync(join(folder, 'tensorflow'))).to.deep.equal([]);
  });

  it('refuses a file that is not the pinned one, keeps it, and clears what a killed installation left', async () => {
    const wheel = join(folder, 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl');
    writeFileSync(wheel, 'something else');
    mkdirSync(join(folder, 'tensorflow', 'making-1', 'tfjs-node'), { recursive: true });
    // It comes to no compiling, and python is only asked for its version.
    process.env.CXX = process.execPath;
    const python = join(folder, 'python');
    writeFileSync(python, '#!/bin/sh\necho 3 11\n', { mode: 0o755 });
    const error = await refusal(install({ ...options, from: folder, python }));
    expect(error.message).to.match(/is not tensorflow-cpu 2.21.0: its SHA-256 is not 2b847d/);
    expect(existsSync(wheel)).to.equal(true);
    expect(readdirSync(join(folder, 'tensorflow'))).to.deep.equal([]);
  });

  it('says what to do about a cache folder that cannot be written', async () => {
    process.env.CARL_CACHE = join(folder, 'file');
    writeFileSync(process.env.CARL_CACHE, '');
    const error = await refusal(install(options));
    expect(error.code).to.equal('DISK');
    expect(error.message).to.match(/file\/tensorflow is not writable \(ENOTDIR\). Set CARL_CACHE/);
  });

  it('says what to do when a file cannot be downloaded, or the disk is full', async () => {
    const tool = join(folder, 'pip');
    const fetched = async (output: string) => {
      writeFileSync(tool, `#!/bin/sh\necho "${output}" >&2\nexit 1\n`, { mode: 0o755 });
      const sources = { downloads: join(folder, 'downloads'), report: () => {}, terminal: false };
      return refusal(fetchPin(libraries.cpu, sources, { python: [tool], npm: [], compiler: [] }));
    };
    const offline = await fetched('ERROR: No matching distribution found');
    expect(offline.code).to.equal('BACKEND_INSTALL');
    expect(offline.message).to.match(/^tensorflow-cpu 2.21.0 cannot be downloaded. Check the network.*--from/);
    expect(offline.message).to.contain('No matching distribution found');
    expect(readdirSync(join(folder, 'downloads'))).to.deep.equal([]);
    const full = await fetched('OSError: [Errno 28] No space left on device');
    expect([full.code, full.message.startsWith('The disk is full. Free some space')]).to.deep.equal(['DISK', true]);
  });

  it('refuses a folder of files that is not there', async () => {
    const error = await refusal(install({ ...options, from: '/nowhere' }));
    expect([error.code, error.message]).to.deep.equal([
      'INPUT_FILE',
      'The folder /nowhere, given with --from, does not exist.',
    ]);
  });

  it('installs one at a time', async () => {
    const lock = join(folder, 'lock');
    const events: string[] = [];
    const work = (name: string) => () =>
      locked(lock, () => events.push(`${name} waits`), async () => {
        events.push(`${name} begins`);
        await sleep(50);
        events.push(`${name} ends`);
      }); // prettier-ignore
    await Promise.all([work('a')(), work('b')()]);
    const [first, second] = events[0] === 'a begins' ? ['a', 'b'] : ['b', 'a'];
    const inTurn = [`${first} begins`, `${second} waits`, `${first} ends`, `${second} begins`, `${second} ends`];
    expect(events).to.deep.equal(inTurn);
    expect(existsSync(lock)).to.equal(false);
  });

  it('takes over the lock of a process that was killed', async () => {
    const lock = join(folder, 'lock');
    mkdirSync(lock);
    utimesSync(lock, new Date(0), new Date(0));
    expect(await locked(lock, () => {}, () => Promise.resolve('done'))).to.equal('done'); // prettier-ignore
  });

  it('unpacks what the rules name, programs as programs, and nothing outside of its folder', function () {
    if (spawnSync('python3', ['--version']).status !== 0) skipped(this, 'there is no python3, which unpacks');
    const archive = join(folder, 'made.whl');
    const make = [
      'import sys, zipfile',
      'z = zipfile.ZipFile(sys.argv[1], "w")',
      'z.writestr("a/lib.so", "library"); z.writestr("a/include/c/api.h", "header"); z.writestr("b/skipped", "")',
      'i = zipfile.ZipInfo("n/bin/tool"); i.external_attr = 0o755 << 16; z.writestr(i, "tool"); z.close()',
    ].join('\n');
    execFileSync('python3', ['-c', make, archive]);
    const rules = [`a/lib.so=${folder}/lib`, `a/include/=${folder}/include`, `n/=${folder}/n`];
    execFileSync('python3', [join(assets, 'unpack.py'), archive, ...rules]);
    expect(readFileSync(join(folder, 'lib/lib.so'), 'utf8')).to.equal('library');
    expect(readFileSync(join(folder, 'include/c/api.h'), 'utf8')).to.equal('header');
    expect(spawnSync('test', ['-x', join(folder, 'n/bin/tool')]).status).to.equal(0);
    expect(readdirSync(folder)).to.have.members(['include', 'lib', 'made.whl', 'n']);
    const climbing = `import sys, zipfile; z = zipfile.ZipFile(sys.argv[1], "w"); z.writestr("a/../../x", ""); z.close()`;
    execFileSync('python3', ['-c', climbing, archive]);
    const { status: code, stderr } = spawnSync('python3', [join(assets, 'unpack.py'), archive, `a/=${folder}/deep/er`]);
    expect([code, String(stderr).includes('outside of its folder')]).to.deep.equal([1, true]);
  });
});
