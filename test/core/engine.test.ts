import { allocationTrace, differentiate, watchOperations } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Accesses to private parts of TensorFlow.js and its backends, and the only files that may have them. */
const PRIVATE: readonly { readonly access: RegExp; readonly files: readonly RegExp[] }[] = [
  {
    access:
      /\btf\s*\.\s*(?:engine|env)\(|\bENGINE\b|\bactiveTape\b|\bstate\.(?:num|active|gradient|kernel)\w+|\bisTypedArray\b/,
    files: [/^core\/src\/tensor\/engine(?:-[a-z]+)?\.ts$/],
  },
  {
    access: /\b(?:addTapeNode|trackTensor|removeDataId|gradientDepth|numDataBuffers)\b/,
    files: [/^core\/src\/tensor\/engine\.ts$/],
  },
  {
    access: /\btf\s*\.\s*backend\(|\bexecute(?:Single|Multiple)Outputs?\b/,
    files: [/^core\/src\/tensor\/engine\.ts$/, /^plugins\/backend-tensorflow\/src\/kernels\/operation\.ts$/],
  },
  { access: /\b_resolveFilename\b/, files: [/^plugins\/backend-tensorflow\/src\/load\.ts$/] },
  { access: /\bcwrap\b|\bHEAP\w+|\b_malloc\b|\bregisterTensor\b/, files: [/^plugins\/backend-wasm\/src\/native\.ts$/] },
  {
    access: /\btensorMap\b|\bbufferManager\b|\bcommandEncoder\b|\bconvertAndCacheOnCPU\b/,
    files: [/^plugins\/backend-webgpu\/src\/read-at-once\.ts$/],
  },
];

const sources = ['core', ...readdirSync(join(ROOT, 'plugins')).map(name => `plugins/${name}`)].flatMap(folder =>
  readdirSync(join(ROOT, folder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => `${folder}/src/${name.split(sep).join('/')}`),
);

/** Every line of a source that accesses a private part in a file that may not. */
const violations = (file: string): readonly string[] =>
  readFileSync(join(ROOT, file), 'utf8')
    .split('\n')
    .flatMap((line, i) =>
      PRIVATE.filter(({ access, files }) => access.test(line) && !files.some(allowed => allowed.test(file))).map(
        () => `${file}:${i + 1} ${line.trim()}`,
      ),
    );

describe('private parts of TensorFlow.js', () => {
  it('are known to one file of core and one of each backend', () => {
    expect(sources).to.include('core/src/tensor/engine.ts');
    expect(sources.flatMap(violations)).to.deep.equal([]);
  });

  it('are all still used where they are allowed', () => {
    for (const { access, files } of PRIVATE)
      for (const allowed of files) {
        const used = sources.some(file => allowed.test(file) && access.test(readFileSync(join(ROOT, file), 'utf8')));
        expect(used, `${String(allowed)} with ${String(access)}`).to.equal(true);
      }
  });
});

describe('engine', () => {
  before(() => tf.setBackend('cpu'));

  it('gives value and gradients, null for tensors that the value does not depend on', () => {
    tf.tidy(() => {
      const [x, unused] = [tf.tensor1d([1, 2]), tf.scalar(3)];
      const { value, gradients } = differentiate(() => tf.sum(tf.square(x)), [x, unused]);
      expect(value.dataSync()[0]).to.equal(5);
      expect([...gradients[0]!.dataSync()]).to.deep.equal([2, 4]);
      expect(gradients[1]).to.equal(null);
    });
  });

  it('multiplies gradients with that of the value', () => {
    tf.tidy(() => {
      const x = tf.tensor1d([1, 2]);
      const { gradients } = differentiate(() => tf.square(x), [x], tf.tensor1d([3, 5]));
      expect([...gradients[0]!.dataSync()]).to.deep.equal([6, 20]);
    });
  });

  it('supports nested hooks of operations, and restores its methods', () => {
    const [outer, inner]: [string[], string[]] = [[], []];
    const x = tf.scalar(2);
    const run = (compute: () => tf.Tensor): void => tf.dispose(tf.tidy(compute));
    const stopOuter = watchOperations(name => outer.push(name));
    const stopInner = watchOperations(name => inner.push(name));
    run(() => tf.square(x));
    stopInner();
    run(() => tf.sqrt(x));
    stopOuter();
    run(() => tf.exp(x));
    x.dispose();
    expect([outer, inner]).to.deep.equal([['Square', 'Sqrt'], ['Square']]);
    expect(allocationTrace(() => run(() => tf.zeros([5])))).to.deep.equal([20]);
    expect(Object.keys(tf.engine())).to.not.include.members(['runKernel', 'trackTensor', 'removeDataId']);
  });
});
