import { collectiveOver, type CarlError, type Transport } from '@carl-ssl/core';
import { addonFile, transportOver, type Messages, type Vector } from '@carl-ssl/collective-mpi/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { skipped } from '../skipped.js';

/** Messages of worker 1 of 2. Worker 0 always sends ten times the values of worker 1. */
function scripted(sent: string[]): Messages {
  const log = (name: string, { length }: Vector): void => void sent.push(`${name} ${length}`);
  const started: Float32Array[] = [];
  const average = (values: Float32Array): void => {
    for (let i = 0; i < values.length; i++) values[i] *= 11 / 2;
  };
  return {
    rank: 1,
    size: 2,
    overlaps: true,
    sum: values => {
      log('sum', values);
      for (let i = 0; i < values.length; i++) values[i] *= 11;
    },
    mean: values => {
      log('mean', values);
      average(values);
    },
    startMean: values => {
      log('start', values);
      started.push(values);
    },
    finishMeans: () => {
      sent.push('finish');
      started.splice(0).forEach(average);
    },
    gather: (own, all) => {
      log('gather', own);
      all.set([...own].map(value => 10 * value));
      all.set(own as never, own.length);
    },
    broadcast: (values, root) => {
      log(`from ${root}`, values);
      if (root === 0) for (let i = 0; i < values.length; i++) values[i] *= 10;
    },
    barrier: () => void sent.push('barrier'),
    close: () => void sent.push('close'),
    advise: text => void sent.push(`advise ${text}`),
    abort: status => void sent.push(`abort ${status}`),
  };
}

const problemOf = (work: () => unknown): CarlError => {
  try {
    work();
  } catch (error) {
    return error as CarlError;
  }
  throw new Error('no error');
};

describe('a collective over MPI', () => {
  let sent: string[];
  let transport: Transport;
  before(() => tf.setBackend('cpu'));
  beforeEach(() => {
    sent = [];
    transport = transportOver(scripted(sent), 4);
  });

  it('averages 16 MiB at once', () => {
    const values = new Float32Array(2 ** 22 + 1).fill(2);
    transport.mean(values);
    expect(values.every(value => value === 11)).to.equal(true);
    expect(sent).to.deep.equal([`mean ${2 ** 22}`, 'mean 1']);
  });

  it('starts means in buckets, of which long vectors are no part, and hands all back at the end', () => {
    const vectors = [2, 1, 3, 6, 1, 1].map((length, i) => new Float32Array(length).fill(i));
    for (const vector of vectors) transport.startMean(vector);
    expect(sent).to.deep.equal(['start 6', 'start 6']);
    expect([...vectors[2]]).to.deep.equal([2, 2, 2]);
    transport.finishMeans();
    expect(sent).to.deep.equal(['start 6', 'start 6', 'start 2', 'finish']);
    vectors.forEach((vector, i) => expect([...vector]).to.deep.equal(Array(vector.length).fill(5.5 * i)));
    transport.startMean(Float32Array.of(2));
    transport.finishMeans();
    transport.finishMeans();
    expect(sent.slice(4)).to.deep.equal(['start 1', 'finish', 'finish']);
  });

  it('leaves the tensors that it averages as they are', async () => {
    const own = tf.tensor1d([1, 2]);
    const [mean] = collectiveOver(transport).allReduceMean([own]);
    expect([await own.array(), await mean.array()]).to.deep.equal([
      [1, 2],
      [5.5, 11],
    ]);
    tf.dispose([own, mean]);
  });

  it('gathers and broadcasts lists of both types in order of rank', async () => {
    const { allGather, broadcast } = collectiveOver(transport);
    const values = [tf.tensor2d([[1, 2]]), tf.tensor1d([3, 4], 'int32')] as const;
    const [gathered, whole] = allGather(values);
    expect(await gathered.array()).to.deep.equal([
      [10, 20],
      [1, 2],
    ]);
    expect(whole.dtype).to.equal('int32');
    expect(await whole.array()).to.deep.equal([30, 40, 3, 4]);
    const [first] = broadcast(values, 0);
    expect(await first.array()).to.deep.equal([[10, 20]]);
    tf.dispose([...values, gathered, whole]);
  });

  it('agrees on a flag that one worker has', async () => {
    expect(await transport.any(true)).to.equal(true);
    expect(await transport.any(false)).to.equal(false);
  });

  it('says that a worker has ended', () => {
    const broken = transportOver(
      { ...scripted(sent), mean: () => { throw new Error('MPI_ERR_OTHER'); } }, // prettier-ignore
      4,
    );
    const { code, message } = problemOf(() => broken.mean(Float32Array.of(1)));
    expect(code).to.equal('COLLECTIVE');
    expect(message).to.contain('MPI_ERR_OTHER').and.contain('A worker has ended');
  });
});

describe('the binding of MPI', () => {
  const cache = process.env.CARL_CACHE;
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'carl-mpi-'));
    process.env.CARL_CACHE = folder;
  });
  after(() => {
    if (cache === undefined) delete process.env.CARL_CACHE;
    else process.env.CARL_CACHE = cache;
    rmSync(folder, { recursive: true });
  });

  it('names the missing compiler and the packages', () => {
    const { code, message } = problemOf(() => addonFile(['no-such-mpicc']));
    expect(code).to.equal('COLLECTIVE');
    expect(message).to.contain('no-such-mpicc cannot be run (ENOENT)').and.contain('apt-get install openmpi-bin');
  });

  /** Processes that run a script beside this file with the addon and another argument. */
  const launched = (context: Mocha.Context, size: number, [script, argument]: readonly [string, string]) => {
    for (const program of ['mpicc', 'mpirun'])
      if (spawnSync(program, ['--version']).error)
        skipped(context, `there is no ${program} (apt-get install openmpi-bin)`);
    const program = fileURLToPath(new URL(script, import.meta.url));
    const env = { ...process.env, OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' };
    const processes = ['-n', String(size), '--oversubscribe', '--bind-to', 'none'];
    const command = [...processes, process.execPath, program, addonFile(), argument];
    return spawnSync('mpirun', command, { env, encoding: 'utf8' });
  };

  const exchanges = (size: number, way: string) =>
    it(`exchanges values between ${size} processes by ${way}`, function () {
      const { status, stdout, stderr } = launched(this, size, ['./collective-mpi-exchange.cjs', way]);
      expect(status, stderr).to.equal(0);
      const ranks = Array.from({ length: size }, (_, rank) => rank);
      const gathered = ranks.flatMap(rank => [rank, 7]).join();
      const sum = (size * (size + 1)) / 2;
      expect(stdout.trim().split('\n').sort()).to.deep.equal(
        ranks.map(rank => `${rank} of ${size}: sum ${sum},${sum} gathered ${gathered} of worker 1: 1`),
      );
    });
  for (const size of [2, 3]) exchanges(size, 'shared memory');
  for (const size of [2, 3, 4]) exchanges(size, 'messages');

  it('ends all processes if one is suspended, and says how to continue', function () {
    const advice = 'Continue with: carl train --resume runs/café';
    const { status, stderr } = launched(this, 2, ['./collective-mpi-silence.cjs', advice]);
    expect(stderr).to.match(/COLLECTIVE worker 1 \(process \d+ on .+\) has been silent for \d s/);
    expect(stderr).to.contain(`All workers end now. ${advice}\n`);
    expect(status).to.equal(1);
  });
});
