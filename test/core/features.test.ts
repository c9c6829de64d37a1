import { CarlError, type FeatureSet, memoryFeatures } from '@carl-ssl/core';
import { rowStorage } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import { readdirSync } from 'node:fs';
import { evaluateTiny } from '../e2e/evaluating.js';
import { onCpu, temporaryFolder } from '../e2e/tiny.js';

const DIM = 3;
const rows = (count: number, from = 0) => Float32Array.from({ length: count * DIM }, (_, i) => from * DIM + i);

describe('features of a split', () => {
  const folder = temporaryFolder();

  it('in memory give rows, blocks and everything', async () => {
    const set = memoryFeatures(rows(5), DIM, Int32Array.of(0, 1, 2, 3, 4));
    expect([set.length, set.dim, set.labels!.length]).to.deep.equal([5, 3, 5]);
    expect(await set.rows(1, 3)).to.deep.equal(rows(2, 1));
    expect(await joined(set)).to.deep.equal(await set.all());
  });

  for (const [where, memoryBytes] of [
    ['in memory', 2 ** 30],
    ['in a file', 0],
  ] as const) {
    it(`stored ${where} are read as they were written, in any order`, async () => {
      const storage = await rowStorage({ length: 100, dim: DIM }, folder.path, memoryBytes);
      for (const from of [60, 0, 20, 80, 40]) await storage.write(from, rows(20, from));
      expect(await storage.read(0, 100)).to.deep.equal(rows(100));
      expect(await storage.read(37, 81)).to.deep.equal(rows(44, 37));
      expect(await storage.read(5, 5)).to.deep.equal(new Float32Array());
      await storage.close();
      expect(readdirSync(folder.path)).to.deep.equal([]);
    });
  }

  it('cannot be stored in a folder that does not exist', async () => {
    const error: unknown = await rowStorage({ length: 1, dim: 1 }, folder.within('none'), 0).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(CarlError).with.property('code', 'DISK');
  });

  it('are computed for the evaluators that read them, once, and not for the others', async () => {
    await onCpu();
    const { reports } = await evaluateTiny(folder.within('lazy'), {
      evaluate: ['rankme', { use: 'knn', k: 5 }],
      evaluation: { baselines: [] },
    });
    const totals = (evaluator: string) =>
      reports.filter(report => report.evaluator === evaluator && report.done === 0).map(({ total }) => total);
    // RankMe reads validation and test; k-NN needs the training features besides, and reports each split it classifies.
    expect(totals('rankme')).to.include(64);
    expect(totals('knn')[0]).to.equal(64);
  });
});

async function joined(set: FeatureSet): Promise<Float32Array> {
  const values = new Float32Array(set.length * set.dim);
  for await (const { from, rows: block } of set.blocks()) values.set(block, from * set.dim);
  return values;
}
