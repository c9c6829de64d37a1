import { loadPipeline } from '@carl-ssl/core/host';
import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { onCpu, temporaryFolder, tinyPipeline, trainTiny, writePipeline } from '../e2e/tiny.js';

const noted = fileURLToPath(new URL('../samples/plugins/noted.mjs', import.meta.url));
const teacher = { use: 'moving-average', momentum: 0.9 };

describe('an assigner whose prototypes are not called `weight`', () => {
  const folder = temporaryFolder();
  before(onCpu);

  const keys = (objective: object, rest: object = {}) => {
    const { plugins } = tinyPipeline() as { plugins: string[] };
    const packages = ['swav', 'msn', 'dino'].map(name => `@carl-ssl/${name}`);
    const trainer = { epochs: 2, batchSize: 16, monitorEvery: 1 };
    return {
      assigner: { use: 'centroids', count: 6 },
      objective,
      trainer,
      ...rest,
      plugins: [...plugins, ...packages, noted],
    };
  };

  for (const [name, changes] of Object.entries({
    'on its logits': keys({ use: 'carl' }),
    'that scores embeddings itself': keys({ use: 'swav', inputs: 'embeddings', temperature: 0.1, epsilon: 0.05 }),
    'that scores embeddings itself, beside a teacher': keys({ use: 'msn' }, { teacher }),
  })) {
    it(`trains under an objective ${name}, and the monitor sees its prototypes`, async () => {
      const { run, reports } = await trainTiny(folder.within(name.replaceAll(/\W+/g, '-')), { changes });
      expect(reports).to.have.length(8);
      expect(reports.every(({ gradientNorm }) => gradientNorm > 0)).to.equal(true);
      const duplicates: number[] = [];
      for await (const { health } of run.metrics.of('health')) duplicates.push(health.prototypes?.duplicates ?? -1);
      expect(duplicates).to.deep.equal([0, 0, 0, 0, 0, 0, 0, 0]);
    });
  }

  it('is what an objective needs that requires prototypes', async () => {
    const assigner = { use: 'softmax' };
    const file = writePipeline(folder.within('without.yaml'), { ...keys({ use: 'msn' }, { teacher }), assigner });
    const error = await loadPipeline(file).catch((reason: unknown) => reason as Error);
    expect((error as Error).message).to.contain('requires `prototypes`');
  });
});
