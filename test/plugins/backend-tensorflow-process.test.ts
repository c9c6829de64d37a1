import { CarlError } from '@carl-ssl/core';
import { spawnSync } from 'node:child_process';
import * as tf from '@tensorflow/tfjs-core';
import tensorflow from '@carl-ssl/backend-tensorflow';
import { expect } from 'chai';
import { backend, onTensorFlow } from './backend-tensorflow-setup.js';

const root = new URL('../../', import.meta.url).pathname;

/** Runs statements in a process of its own, after `backend` was made with the options; returns all it wrote. */
function inProcess(options: object, statements: string): { output: string; errors: string } {
  const program = `
    import * as tf from '@tensorflow/tfjs-core';
    import plugin from '@carl-ssl/backend-tensorflow';
    const backend = plugin.components[0].create(${JSON.stringify(options)}, {});
    ${statements}`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], { cwd: root, encoding: 'utf8' });
  return { output: child.stdout, errors: child.stderr };
}

const STEP = `
    await backend.activate();
    const x = tf.randomNormal([4, 8, 8, 3], 0, 1, 'float32', 1);
    const w = tf.randomNormal([3, 3, 3, 16], 0, 1, 'float32', 2);
    const gradient = tf.grad(w => tf.sum(tf.square(tf.conv2d(x, w, 1, 'same'))))(w);
    process.stdout.write(Buffer.from(gradient.dataSync().buffer).toString('hex'));`;

describe('TensorFlow in a process', () => {
  onTensorFlow(() => {
    it("shares the program's TensorFlow.js: its tensors are ours", () => {
      const sum = tf.add(tf.tensor1d([1, 2]), 1);
      expect(sum).to.be.instanceOf(tf.Tensor);
      expect([tf.getBackend(), ...sum.dataSync()]).to.deep.equal(['tensorflow', 2, 3]);
      sum.dispose();
    });

    it('writes nothing to the terminal', () => {
      const { output, errors } = inProcess({ threads: 1, oneDNN: true }, STEP);
      expect(errors).to.equal('');
      expect(output).to.match(/^[0-9a-f]+$/);
      expect(output.length).to.equal(2 * 4 * 3 * 3 * 3 * 16);
    });

    it('gives the same bits in every process', () => {
      const [a, b] = [1, 2].map(() => inProcess({ threads: 2, oneDNN: true }, STEP).output);
      expect(a).to.have.length.above(0);
      expect(a).to.equal(b);
    });

    it('puts what decides the last bits into its fingerprint', () => {
      const { name, versions, threads, flags } = backend.fingerprint();
      expect(name).to.equal('tensorflow');
      expect(versions).to.include({ tensorflow: '2.21.0', 'tfjs-node': '4.22.0', tfjs: tf.version_core });
      expect(threads).to.be.at.least(1);
      expect(flags).to.include({ oneDNN: 'on', device: 'cpu' });
      expect(flags.instructions.split(' ')).to.include('avx');
    });

    it('refuses settings other than those it was started with', async () => {
      const other = tensorflow.components[0].create({ threads: 1023, oneDNN: false }, {});
      const error = await other.activate().catch((caught: unknown) => caught);
      expect(CarlError.is(error) && error.code).to.equal('BACKEND_UNAVAILABLE');
      expect((error as Error).message).to.match(/cannot change to cpu, threads: 1023, oneDNN: false/);
    });
  });
});
