import type { Collective } from '@carl-ssl/core';
import { runWorkers } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { onCpuInScope } from '../cpu-scope.js';
import { noise } from './layers-support.js';

const SIZE = 3;
const own = (name: string, { rank }: Collective, shape: number[]): Tensor => noise(`${name} of ${rank}`, shape);
const values = (tensor: Tensor): number[] => Array.from(tensor.dataSync());

/** Gradient of the loss of one worker by its tensors. */
function gradients(loss: () => Scalar, by: readonly Tensor[]): number[][] {
  const { grads } = tf.engine().gradients(loss, [...by], undefined, true) as { grads: (Tensor | undefined)[] };
  return grads.map((gradient, i) => values(gradient ?? tf.zerosLike(by[i])));
}

/** Exchanges of a tensor of each worker, one entry a worker. */
type Exchange = (tensors: readonly Tensor[]) => Tensor[];
type Exchanges = Readonly<Record<'mean' | 'gather' | 'broadcast', Exchange>>;

/** In a process of its own: the tensor of this worker goes out, its result comes back. */
const one = (collective: Collective): Exchanges => ({
  mean: tensors => collective.allReduceMean([...tensors]),
  gather: tensors => collective.allGather([...tensors]),
  broadcast: tensors => collective.broadcast([...tensors], 1),
});

/** All workers in one program, which TensorFlow.js differentiates. */
const together: Exchanges = {
  mean: tensors => tensors.map(() => tf.div(tf.addN([...tensors]), tensors.length)),
  gather: tensors => tensors.map(() => tf.concat([...tensors])),
  broadcast: tensors => tensors.map(() => tf.clone(tensors[1])),
};

type Operation = (own: readonly Tensor[], exchange: Exchanges) => Tensor[];

const operations: readonly (readonly [name: string, run: Operation])[] = [
  ['allReduceMean', (own, { mean }) => mean(own)],
  ['allGather', (own, { gather }) => gather(own)],
  ['broadcast', (own, { broadcast }) => broadcast(own)],
  ['several that depend on each other', nested],
];

function nested(own: readonly Tensor[], { mean, gather, broadcast }: Exchanges): Tensor[] {
  const means = mean(own.map(x => tf.square(x)));
  const rows = gather(own.map((x, i) => tf.sub(x, means[i])));
  const firsts = broadcast(rows.map(all => tf.sum(tf.square(all), 0)));
  return own.map((x, i) => tf.add(tf.mul(tf.sum(x, 0), firsts[i]), tf.sum(rows[i], 0)));
}

describe('a collective of several workers', () => {
  onCpuInScope();

  it('averages, gathers and broadcasts lists of different shapes and types', async () => {
    const results = await runWorkers(SIZE, collective => {
      const lists = [own('a', collective, [2, 3]), own('b', collective, [])];
      const places = tf.tensor1d([collective.rank, 10 * collective.rank], 'int32');
      const [mean, scalar] = collective.allReduceMean(lists);
      const [rows, gathered] = collective.allGather([lists[0], places]);
      const [first, sent] = collective.broadcast([lists[0], places], 2);
      return [mean, scalar, rows, gathered, first, sent].map(tensor => ({
        shape: tensor.shape,
        dtype: tensor.dtype,
        values: values(tensor),
      }));
    });
    const [a, b] = ['a', 'b'].map((name, i) =>
      [0, 1, 2].map(rank => values(noise(`${name} of ${rank}`, i === 0 ? [2, 3] : []))),
    );
    for (const [mean, scalar, rows, gathered, first, sent] of results) {
      mean.values.forEach((value, i) => expect(value).to.be.closeTo((a[0][i] + a[1][i] + a[2][i]) / 3, 1e-6));
      expect(scalar.values[0]).to.be.closeTo((b[0][0] + b[1][0] + b[2][0]) / 3, 1e-6);
      expect([mean.shape, scalar.shape, rows.shape]).to.deep.equal([[2, 3], [], [6, 3]]);
      expect(rows.values).to.deep.equal(a.flat());
      expect(gathered.values).to.deep.equal([0, 0, 1, 10, 2, 20]);
      expect([gathered.dtype, sent.dtype]).to.deep.equal(['int32', 'int32']);
      expect(first.values).to.deep.equal(a[2]);
      expect(sent.values).to.deep.equal([2, 20]);
    }
  });

  for (const [name, run] of operations) {
    it(`gives the gradient of the sum of all losses by the tensor of each worker: ${name}`, async () => {
      const loss = (y: Tensor, rank: number) => tf.sum<Scalar>(tf.mul(tf.square(y), noise(`weight ${rank}`, y.shape)));
      const found = await runWorkers(SIZE, collective => {
        const x = own('x', collective, [2, 2]);
        return gradients(() => loss(run([x], one(collective))[0], collective.rank), [x])[0];
      });
      const all = [0, 1, 2].map(rank => noise(`x of ${rank}`, [2, 2]));
      const expected = gradients(() => tf.addN(run(all, together).map(loss)), all);
      expected
        .flat()
        .forEach((value, i) => expect(found.flat()[i]).to.be.closeTo(value, 1e-6 * Math.max(1, Math.abs(value))));
      expect(new Set(expected.flat()).size).to.be.greaterThan(3);
    });
  }

  it('agrees on flags, and waits at barriers, between steps', async () => {
    const agreed = await runWorkers(SIZE, async collective => {
      await collective.barrier();
      return [await collective.any(collective.rank === 1), await collective.any(false)];
    });
    expect(agreed).to.deep.equal(Array(SIZE).fill([true, false]));
  });

  it('leaves no tensor behind, interrupted in a gradient or not', async () => {
    const before = tf.memory().numTensors;
    await runWorkers(2, collective =>
      tf.tidy(() => {
        const x = own('x', collective, [2, 2]);
        return gradients(() => tf.sum(tf.square(nested([tf.square(x)], one(collective))[0])), [x]);
      }),
    );
    expect(tf.memory().numTensors).to.equal(before);
  });
});

describe('workers that do not match', () => {
  onCpuInScope();

  const failure = async (work: (collective: Collective) => unknown): Promise<string> =>
    runWorkers(2, work).then(
      () => 'none',
      (error: unknown) => (error as Error).message,
    );

  it('are an error if they call different operations', async () => {
    const message = await failure(collective =>
      collective.rank === 0 ? collective.allGather([tf.ones([3])]) : collective.allReduceMean([tf.ones([2])]),
    );
    expect(message).to.equal(
      'Workers do not match at exchange 0: worker 0 calls all (float32) of 3 values, and worker 1 calls mean (float32) of 2 values.',
    );
  });

  it('are an error if one has finished', async () => {
    const message = await failure(collective => (collective.rank === 1 ? collective.allGather([tf.ones([3])]) : 0));
    expect(message).to.equal(
      'Workers do not match at exchange 0: worker 1 calls all (float32) of 3 values, and worker 0 has finished.',
    );
  });

  it('are an error if the work depends on earlier runs of it', async () => {
    let runs = 0;
    const message = await failure(collective => {
      runs += 1;
      collective.allReduceMean([tf.scalar(runs)]);
      collective.allReduceMean([tf.scalar(1)]);
    });
    expect(message).to.contain('exchange 0: worker 0 calls mean (float32) of 1 values with different values');
  });

  it('pass other errors on', async () => {
    expect(
      await failure(() => {
        throw new Error('other');
      }),
    ).to.equal('other');
  });
});
