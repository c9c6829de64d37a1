import { cacheFolder, CarlError, type InstallOptions } from '@carl-ssl/core';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tensorflow from '@carl-ssl/backend-tensorflow';
import {
  bestBf16Unit,
  bestInstructions,
  environmentOf,
  fetchPin,
  installFolder,
  type InstallRecord,
  libraries,
  locked,
  type Machine,
  nvidiaModels,
  recordFile,
  unfit,
  writeRecord,
} from '@carl-ssl/backend-tensorflow/testing';
import { expect } from 'chai';
import { skipped } from '../skipped.js';
import { backend } from './backend-tensorflow-setup.js';

const assets = new URL('../../plugins/backend-tensorflow/assets/', import.meta.url).pathname;
const installer = tensorflow.installers!.tensorflow;
const options: InstallOptions = { keepDownloads: false, terminal: false, report: () => {} };

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

  it('takes the best operations that the processor and the limit of TensorFlow allow', () => {
    const processors = { newest: ['avx', 'avx2', 'fma', 'avx512f'], usual: ['avx', 'avx2', 'fma'], old: ['avx'] };
    const choice = (limit: string) => Object.values(processors).map(features => bestInstructions({ features }, limit));
    expect(choice('')).to.deep.equal(['avx512', 'avx2', undefined]);
    expect(choice('AVX512_CORE')).to.deep.equal(['avx512', 'avx2', undefined]);
    expect(choice('AVX2_VNNI')).to.deep.equal(['avx2', 'avx2', undefined]);
    expect(choice('AVX')).to.deep.equal([undefined, undefined, undefined]);
  });

  it('multiplies numbers in bf16 with the best unit that the processor and the limit allow', () => {
    const vectors = ['avx2', 'fma', 'avx512f', 'avx512_bf16'];
    const processors = [[...vectors, 'amx_tile', 'amx_bf16'], vectors, ['avx2', 'fma', 'avx512f']];
    const choice = (limit: string) => processors.map(features => bestBf16Unit({ features }, limit));
    for (const limit of ['', 'ALL', 'AVX512_CORE_AMX', 'AVX10_1_512_AMX'])
      expect(choice(limit), limit).to.deep.equal(['tiles', 'vectors', undefined]);
    for (const limit of ['AVX512_CORE_BF16', 'AVX512_CORE_FP16', 'AVX10_1_512'])
      expect(choice(limit), limit).to.deep.equal(['vectors', 'vectors', undefined]);
    for (const limit of ['AVX512_CORE', 'AVX512_CORE_VNNI', 'AVX2', 'SSE41'])
      expect(choice(limit), limit).to.deep.equal([undefined, undefined, undefined]);
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

  it('reports that nothing is installed, with the command to install it', async () => {
    for (const [name, variant] of [['tensorflow', 'cpu'], ['tensorflow-gpu', 'gpu']] as const)
      expect(await tensorflow.installers![name].status()).to.deep.equal({ state: 'absent', folder: installFolder(variant) }); // prettier-ignore
    const { available, remedy } = await backend.probe();
    expect([available, remedy]).to.deep.equal([false, 'Install it: carl backend install tensorflow']);
    expect(await installer.remove(() => {})).to.equal(0);
  });

  it('treats an installation without a valid record as damaged', async () => {
    mkdirSync(join(installFolder('cpu'), 'tfjs-node'), { recursive: true });
    const { recipe } = /-(?<recipe>\d+-[0-9a-f]+)$/.exec(installFolder('cpu'))!.groups!;
    for (const record of [
      { recipe: '1', versions: {}, files: {} },
      null,
      { recipe, versions: {} },
      { recipe, versions: {}, files: { a: null } },
    ]) {
      writeFileSync(recordFile(installFolder('cpu')), JSON.stringify(record));
      expect((await installer.status()).state).to.equal('damaged');
      expect(await backend.probe()).to.deep.include({
        available: false,
        damaged: true,
        remedy: 'Install it again: carl backend install tensorflow',
      });
    }
  });

  /** Installation with a file of a few bytes for each library and addon. */
  function fakeInstallation(files: readonly string[]): string {
    const installed = installFolder('cpu');
    for (const file of files) {
      mkdirSync(dirname(join(installed, file)), { recursive: true });
      writeFileSync(join(installed, file), 'a library');
    }
    writeRecord(installed, { variant: 'cpu', versions: { tensorflow: '2.21.0' }, bytes: 27 });
    return installed;
  }
  const damage = async (): Promise<string | undefined> => {
    const [{ state }, { available, damaged, reason }] = [await installer.status(), await backend.probe()];
    expect([state, available]).to.deep.equal(available ? ['installed', true] : ['damaged', false]);
    expect(damaged ?? false).to.equal(!available);
    return available ? undefined : reason;
  };

  it('finds every truncated, missing or changed library and addon without loading it', async () => {
    const libraries = ['deps/lib/libtensorflow_cc.so.2', 'lib/napi-v8/tfjs_binding.node', 'lib/napi-v8/kernels-avx2.node', 'lib/napi-v8/mute.node'].map(file => `tfjs-node/${file}`); // prettier-ignore
    const installed = fakeInstallation(libraries);
    expect(await damage()).to.equal(undefined);
    for (const library of libraries) {
      const file = join(installed, library);
      const { mtime } = statSync(file);
      const restore = () => {
        writeFileSync(file, 'a library');
        utimesSync(file, mtime, mtime);
      };
      writeFileSync(file, 'a lib');
      expect(await damage()).to.equal(`its installation is damaged: ${library} has 5 bytes instead of 9`);
      rmSync(file);
      expect(await damage()).to.contain(`${library} is missing`);
      writeFileSync(file, 'a LIBRARY');
      expect(await damage()).to.contain(`the content of ${library} has changed`);
      restore();
      expect(await damage()).to.equal(undefined);
    }
  });

  it('says that the fused operations are missing where the compiler could not build them', async function () {
    if (!bestInstructions()) skipped(this, 'the processor has no AVX2 with FMA');
    fakeInstallation(['tfjs-node/lib/napi-v8/mute.node']);
    expect(await backend.probe()).to.deep.equal({
      available: true,
      reason: 'TensorFlow 2.21.0, slower without the fused operations, which the compiler could not build',
    });
    fakeInstallation(['avx2', 'avx512'].map(name => `tfjs-node/lib/napi-v8/kernels-${name}.node`));
    expect((await backend.probe()).reason).to.equal('TensorFlow 2.21.0');
  });

  it('hashes a file whose time has changed once, and records the new time', async () => {
    const installed = fakeInstallation(['tfjs-node/lib/napi-v8/mute.node']);
    const file = join(installed, 'tfjs-node/lib/napi-v8/mute.node');
    const recorded = () => {
      const { files } = JSON.parse(readFileSync(recordFile(installed), 'utf8')) as InstallRecord;
      return files['tfjs-node/lib/napi-v8/mute.node'].modified;
    };
    utimesSync(file, new Date(1000), new Date(1000));
    expect(recorded()).to.not.equal(1000);
    expect(await damage()).to.equal(undefined);
    expect(recorded()).to.equal(1000);
    // With the recorded time, the content is not read again.
    writeFileSync(file, 'a LIBRARY');
    utimesSync(file, new Date(1000), new Date(1000));
    expect(await damage()).to.equal(undefined);
  });

  it('removes the installations of one backend, those of earlier versions included, and the downloads', async () => {
    const files = { 'cpu-2.21.0-1-old/a': 3, 'downloads/b': 5, 'gpu-2.21.0-1-old/c': 7 };
    for (const [file, bytes] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, 'tensorflow', file)), { recursive: true });
      writeFileSync(join(folder, 'tensorflow', file), Buffer.alloc(bytes));
    }
    expect(await installer.remove(() => {})).to.equal(8);
    expect(readdirSync(join(folder, 'tensorflow'))).to.deep.equal(['gpu-2.21.0-1-old']);
  });

  it('names all missing programs at once, and what goes on without', async () => {
    process.env.CXX = '/nowhere/c++';
    const error = await refusal(installer.install({ ...options, python: '/nowhere/python' }));
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
    const error = await refusal(installer.install({ ...options, from: folder, python }));
    expect(error.message).to.match(/is not tensorflow-cpu 2.21.0: its SHA-256 is not 2b847d/);
    expect(existsSync(wheel)).to.equal(true);
    expect(readdirSync(join(folder, 'tensorflow'))).to.deep.equal([]);
  });

  it('says what to do about a cache folder that cannot be written', async () => {
    process.env.CARL_CACHE = join(folder, 'file');
    writeFileSync(process.env.CARL_CACHE, '');
    const error = await refusal(installer.install(options));
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
    const error = await refusal(installer.install({ ...options, from: '/nowhere' }));
    expect([error.code, error.message]).to.deep.equal(['INPUT_FILE', 'The folder /nowhere does not exist.']);
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
