import { CarlError, kernels, scope } from '@carl-ssl/core';
import { chooseBackend } from '@carl-ssl/core/host';
import { cpu } from '@carl-ssl/core/testing';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import webgpu from '@carl-ssl/backend-webgpu';
import { expect } from 'chai';
import { availabilityOf, type ProbeOutput } from '@carl-ssl/backend-webgpu';
import { temporaryFolder, writePipeline } from '../e2e/tiny.js';
import { distance, noise, random, toTensor } from '../core/kernels-support.js';
import { onSwiftShader, swiftShader } from './backend-webgpu-setup.js';

const root = new URL('../../', import.meta.url).pathname;
const run = promisify(execFile);
const backend = webgpu.components[0].create({}, {});

/** Output of a probe that found this adapter. */
const found = (info: object): ProbeOutput => ({
  output: JSON.stringify({ vendor: '', architecture: '', device: '', description: '', isFallbackAdapter: false, ...info }),
  errors: '',
}); // prettier-ignore

describe('availability of the webgpu backend', () => {
  it('names the GPU', () => {
    const geforce = { vendor: 'nvidia', architecture: 'ada', description: 'NVIDIA GeForce RTX 4070' };
    expect(availabilityOf(found(geforce))).to.deep.equal({
      available: true,
      reason: 'NVIDIA GeForce RTX 4070 (nvidia ada)',
    });
    expect(availabilityOf(found({ vendor: 'apple', device: 'm1' })).reason).to.equal('m1 (apple)');
    expect(availabilityOf(found({ architecture: 'rdna-3' })).reason).to.equal('rdna-3');
    expect(availabilityOf(found({})).reason).to.equal('a GPU without a name');
  });

  it('keeps `auto` from picking a software implementation', async () => {
    const software = [
      { architecture: 'swiftshader', isFallbackAdapter: true },
      { vendor: 'mesa', description: 'llvmpipe (LLVM 15.0.6, 256 bits)' },
      { vendor: 'microsoft', description: 'Microsoft Basic Render Driver' },
    ];
    for (const adapter of software) {
      const availability = availabilityOf(found(adapter));
      expect(availability.available).to.equal(true);
      expect(availability.reason).to.match(/a software implementation: very slow, for tests$/);
      const playing = { ...backend, probe: () => Promise.resolve(availability) };
      expect((await chooseBackend([playing, cpu.create({}, {})], 'auto')).backend.name).to.equal('cpu');
      expect((await chooseBackend([playing, cpu.create({}, {})], 'webgpu')).backend.name).to.equal('webgpu');
      expect((await chooseBackend([playing], 'auto').catch((error: unknown) => error)) as Error).to.be.instanceOf(CarlError); // prettier-ignore
    }
    const real = { ...backend, probe: () => Promise.resolve(availabilityOf(found({ vendor: 'amd' }))) };
    expect((await chooseBackend([cpu.create({}, {}), real], 'auto')).backend.name).to.equal('webgpu');
  });

  it('gives the reason in one line, and a remedy, if there is no GPU', () => {
    const none = { output: 'null\n', errors: '' };
    expect(availabilityOf(none)).to.deep.include({ available: false, reason: 'no GPU was found' });
    expect(availabilityOf(none).remedy).to.contain('mesa-vulkan-drivers');
    const loader = availabilityOf({ ...none, errors: "Warning: Couldn't load Vulkan: libvulkan.so.1: cannot open" });
    expect(loader.reason).to.contain('the Vulkan loader libvulkan.so.1 is missing');
    expect(loader.remedy).to.contain('libvulkan1');
    const old = availabilityOf({
      output: '',
      errors: "Error: libc.so.6: version `GLIBC_2.38' not found",
      failure: 'status 1',
    });
    expect(old.reason).to.equal('the package webgpu needs a newer system library (GLIBC_2.38)');
    const broken = availabilityOf({ output: '', errors: '', failure: 'SIGSEGV' });
    expect([broken.available, broken.reason]).to.deep.equal([false, 'probing the GPU failed: SIGSEGV']);
  });

  it('is unavailable with a reason if its optional package is missing; the others are not affected', async () => {
    // A resolver that knows no package of that name, as on a machine where npm could not have it.
    const script = `
      import Module from 'node:module';
      const own = Module._resolveFilename;
      Module._resolveFilename = (name, ...rest) => {
        if (name === 'webgpu') throw Object.assign(new Error('no'), { code: 'MODULE_NOT_FOUND' });
        return own(name, ...rest);
      };
      process.argv.splice(1, 1, 'carl', 'backend', 'list', '--format', 'json');
      await import('./core/bin/carl.js');`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script, 'x'], { cwd: root });
    const report = JSON.parse(stdout) as { name: string; available: boolean; reason: string; remedy?: string }[];
    expect(report.find(({ name }) => name === 'webgpu')).to.deep.include({
      available: false,
      reason: 'the package webgpu is not installed',
      remedy: 'Install it: npm install webgpu@0.6.2',
    });
    expect(report.find(({ name }) => name === 'wasm')!.available).to.equal(true);
    const { optionalDependencies } = JSON.parse(readFileSync(`${root}plugins/backend-webgpu/package.json`, 'utf8')) as {
      optionalDependencies: Record<string, string>;
    };
    expect(optionalDependencies.webgpu).to.equal('0.6.2');
  });
});

describe('webgpu backend on SwiftShader', () => {
  const folder = temporaryFolder();
  onSwiftShader(() => {
    it('reads on the spot, beside reads that are under way', async () => {
      const x = toTensor(noise([40, 30], random(1)));
      const square = tf.matMul(x as Tensor2D, x as Tensor2D, false, true);
      const later = square.data();
      const now = tf.add(square, 1).dataSync();
      const other = tf.mul(square, 2).data();
      expect([...now]).to.deep.equal([...(await later)].map(value => Math.fround(value + 1)));
      expect([...(await other)]).to.deep.equal([...square.dataSync()].map(value => value * 2));
      expect(tf.tidy(() => [...tf.greater(square, 0).dataSync()])).to.include(1);
    });

    it('leaves the globals as they were, but for the constants of WebGPU', () => {
      expect((globalThis as { navigator?: { gpu?: unknown } }).navigator?.gpu).to.equal(undefined);
      expect(setImmediate.name).to.equal('setImmediate');
    });

    it('has the other gradients that training needs: gathering, pooling, slices, rectangular convolutions', async () => {
      const operations: [number[][], (...x: Tensor[]) => Tensor][] = [
        [[[6, 3]], x => tf.gather(x, tf.tensor1d([1, 1, 5, 0], 'int32'))],
        [[[2, 6, 6, 3]], x => tf.maxPool(x as Tensor4D, 3, 2, 'same')],
        [[[2, 6, 6, 3]], x => tf.avgPool(x as Tensor4D, 1, 2, 'valid')],
        [[[4, 9]], x => tf.concat([tf.slice(x, [1, 2], [2, 5]), tf.slice(x, [0, 1], [2, 5])], 1)],
        [[[3, 5, 4]], x => tf.logSumExp(tf.transpose(x, [0, 2, 1]), -1)],
        [[[2, 9, 8, 3], [3, 5, 3, 4]], (x, w) => tf.conv2d(x as Tensor4D, w as Tensor4D, [1, 2], 'same')],
        [[[2, 9, 8, 3], [3, 3, 3, 4]], (x, w) => kernels.conv2d(x as Tensor4D, { filter: w as Tensor4D, stride: 2, padding: 1 })],
        [[[2, 9, 8, 3], [1, 1, 3, 4]], (x, w) => kernels.conv2d(x as Tensor4D, { filter: w as Tensor4D, stride: 2, padding: 0 })],
      ]; // prettier-ignore
      for (const [shapes, compute] of operations) await expectAsOnCpu(shapes, compute);
    });

    it('makes what the GPU cannot do an error of the read, not a tensor of zeros', async () => {
      const script = `
        import * as tf from '@tensorflow/tfjs-core';
        import plugin from '@carl-ssl/backend-webgpu';
        await plugin.components[0].create({}, {}).activate();
        const big = tf.add(tf.zeros([40000, 1]), tf.zeros([1, 40000]));
        try { tf.sum(big).dataSync(); } catch (error) { console.log(error.code, error.message); }`;
      const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: root });
      expect(stdout).to.match(/^BACKEND_UNAVAILABLE The GPU failed: .+ a smaller batch needs less/);
    });

    it('adds more tensors than a kernel can read', () => {
      const before = tf.memory().numDataBuffers;
      const sum = tf.tidy(() => tf.addN(Array.from({ length: 44 }, (_, i) => tf.fill([3], i))));
      expect([...sum.dataSync()]).to.deep.equal([946, 946, 946]);
      sum.dispose();
      expect(tf.memory().numDataBuffers).to.equal(before);
    });

    it('multiplies by a transposed matrix over many values', () => {
      const [rows, inner, columns] = [48, 2048, 16];
      const value = (row: number, i: number) => ((row * 7 + i * 3) % 11) - 5;
      const before = tf.memory().numDataBuffers;
      const product = tf.tidy(() => {
        const matrix = (count: number) =>
          tf.tensor2d(Float32Array.from({ length: count * inner }, (_, at) => value(Math.floor(at / inner), at % inner)), [count, inner]); // prettier-ignore
        return tf.matMul(matrix(rows), matrix(columns), false, true);
      });
      const exact = Array.from({ length: rows * columns }, (_, at) => {
        const [row, column] = [Math.floor(at / columns), at % columns];
        return Array.from({ length: inner }, (__, i) => value(row, i) * value(column, i)).reduce((a, b) => a + b, 0);
      });
      // Whole numbers that float32 holds.
      expect([...product.dataSync()]).to.deep.equal(exact);
      product.dispose();
      expect(tf.memory().numDataBuffers).to.equal(before);
    });

    it('records the GPU, its driver and the versions in its fingerprint', () => {
      const { name, versions, flags } = backend.fingerprint();
      expect([name, versions.webgpu, versions.tfjs]).to.deep.equal(['webgpu', '0.6.2', tf.version_core]);
      expect(flags.adapter).to.match(/SwiftShader/);
    });

    it('trains and evaluates a network twice to the same bits, and the process ends', async () => {
      const changes = { backend: 'webgpu', evaluate: [{ use: 'knn' }], trainer: { epochs: 1, batchSize: 16 } };
      const pipeline = writePipeline(folder.within('tiny.yaml'), changes);
      const train = async (out: string) => {
        await run(process.execPath, ['core/bin/carl.js', 'train', pipeline, '--out', folder.within(out)], {
          cwd: root,
          env: { ...process.env, ...swiftShader },
        });
        return readFileSync(folder.within(out, 'metrics.jsonl'), 'utf8');
      };
      const [first, second] = [await train('a'), await train('b')];
      expect(first).to.match(/"loss":/);
      expect(second).to.equal(first);
    });
  });
});

/** Checks a value and its gradients against plain JavaScript's backend. */
async function expectAsOnCpu(shapes: number[][], compute: (...inputs: Tensor[]) => Tensor): Promise<void> {
  const inputs = shapes.map((shape, i) => noise(shape, random(i)));
  const results = () =>
    scope(() => {
      const value = compute(...inputs.map(toTensor));
      const weights = toTensor(noise(value.shape, random(9)));
      const loss = (...x: Tensor[]) => tf.sum(tf.mul(compute(...x), weights));
      return [value, ...tf.grads(loss)(inputs.map(toTensor))].map(tensor => ({
        shape: tensor.shape,
        data: Float64Array.from(tensor.dataSync<'float32'>()),
      }));
    });
  const actual = results();
  await tf.setBackend('cpu');
  const expected = results();
  await tf.setBackend('webgpu');
  actual.forEach(({ shape, data }, i) =>
    tf.tidy(() => void expect(distance(toTensor({ shape, data }), expected[i])).to.be.below(5e-6)),
  );
}
