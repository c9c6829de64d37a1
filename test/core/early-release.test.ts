import { withGradient } from '@carl-ssl/core';
import { differentiate, withEarlyRelease } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';

const sum = (x: Tensor) => tf.sum<Scalar>(x);

/** A sum whose gradient function hands on one tensor, the one it was given, to both inputs. */
const sharing = withGradient((a: Tensor, b: Tensor) => ({ value: tf.add<Tensor>(a, b), gradient: dy => [dy, dy] }));

/** Two branches that meet, with every trap: shared gradients, an input used twice, several outputs. */
function network(x: Tensor, w: Tensor): Scalar {
  const h = tf.tanh(tf.matMul(x as Tensor2D, w as Tensor2D));
  const [a, b] = tf.split(sharing(h, tf.sin(h)), 2, 1);
  return sum(tf.mul(sharing(tf.square(a), tf.relu(b)), a));
}

const inputs = () => [tf.randomNormal([5, 4], 0, 1, 'float32', 1), tf.randomNormal([4, 6], 0, 1, 'float32', 2)];

describe('early release', () => {
  before(() => tf.setBackend('cpu'));

  it('gives the same gradients and leaks nothing', () => {
    const given = inputs();
    const gradients = tf.grads(network);
    const before = tf.memory().numTensors;
    const [plain, early] = [gradients(given), withEarlyRelease(() => gradients(given))];
    early.forEach((tensor, i) => expect([...tensor.dataSync()]).to.deep.equal([...plain[i].dataSync()]));
    tf.dispose([plain, early]);
    expect(tf.memory().numTensors).to.equal(before);
    tf.dispose(given);
  });

  it('keeps fewer bytes at the end of a deep backward pass', () => {
    const x = tf.randomNormal([100, 100]);
    let atEnd = 0;
    const watched = withGradient((of: Tensor) => ({
      value: tf.clone(of),
      gradient: dy => {
        atEnd = tf.memory().numBytes;
        return [tf.clone(dy)];
      },
    }));
    const chain = (of: Tensor) => sum(Array.from({ length: 20 }).reduce<Tensor>(h => tf.sin(h), watched(of)));
    tf.dispose(tf.grad(chain)(x));
    const plain = atEnd;
    tf.dispose(withEarlyRelease(() => tf.grad(chain)(x)));
    expect(atEnd).to.be.below(plain / 5);
    x.dispose();
  });

  it("does not free the caller's dy", () => {
    tf.tidy(() => {
      const [x, dy] = [tf.tensor1d([1, 2]), tf.tensor1d([3, 4])];
      const gradient = withEarlyRelease(() => tf.grad(of => tf.square(of))(x, dy));
      expect([...gradient.dataSync(), ...dy.dataSync()]).to.deep.equal([6, 16, 3, 4]);
    });
  });

  it('does not change second derivatives', () => {
    tf.tidy(() => {
      const cube = (x: Tensor) => tf.mul(tf.mul(x, x), x);
      const second = withEarlyRelease(() => tf.grad(x => tf.grad(cube)(x))(tf.scalar(2)));
      expect(second.dataSync()[0]).to.be.closeTo(12, 1e-5);
    });
  });

  it('reports gradients once they are complete, which may be freed', () => {
    tf.tidy(() => {
      const [once, twice, never, aside] = [
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
      ].map(values => tf.tensor1d(values));
      const reported = new Map<Tensor, number[]>();
      const visit = (of: Tensor, gradient: Tensor) => {
        reported.set(of, [...gradient.dataSync()]);
        gradient.dispose();
      };
      const loss = () => {
        // Not a part of the loss, and not visited.
        tf.sin(aside);
        return sum(tf.add(tf.mul(tf.square(twice), sharing(once, twice)), aside));
      };
      const all = [once, twice, never, aside];
      const { gradients } = withEarlyRelease(() => differentiate(loss, all), { of: all, visit });
      // The derivative of twice^2 (once + twice) is 2 twice (once + twice) + twice^2.
      expect([...reported]).to.deep.equal([
        [aside, [1, 1]],
        [once, [9, 16]],
        [twice, [2 * 3 * 4 + 9, 2 * 4 * 6 + 16]],
      ]);
      expect(gradients.map(gradient => gradient?.isDisposed)).to.deep.equal([true, true, undefined, true]);
    });
  });

  it('restores the tape when the function throws', () => {
    const { addTapeNode } = tf.engine() as unknown as { addTapeNode: unknown };
    const fail = () => {
      throw new Error('mine');
    };
    expect(() => withEarlyRelease(fail)).to.throw('mine');
    expect((tf.engine() as unknown as { addTapeNode: unknown }).addTapeNode).to.equal(addTapeNode);
  });
});
