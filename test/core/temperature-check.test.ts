import { diagnosticsOf } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import { temporaryFolder, tinyPipeline, writePipeline } from '../e2e/tiny.js';

const teacher = { use: 'moving-average', momentum: 0.9 };
const warm = { use: 'prototypes', count: 8, temperature: 1 };
const cold = { use: 'prototypes', count: 8, temperature: 0.1 };

describe('temperatures of assigner and objective', () => {
  const folder = temporaryFolder();
  let pipelines = 0;

  async function found(assigner: object, objective: object, rest: object = {}) {
    const { plugins } = tinyPipeline() as { plugins: string[] };
    const packages = ['swav', 'msn', 'dino', 'deepcluster', 'carp', 'contrastive', 'embedding'];
    const file = writePipeline(folder.within(`p${(pipelines += 1)}.yaml`), {
      assigner,
      objective,
      ...rest,
      plugins: [...plugins, ...packages.map(name => `@carl-ssl/${name}`)],
    });
    const diagnostics = await diagnosticsOf(file, {});
    return diagnostics.filter(({ code }) => code === 'TEMPERATURE_TWICE');
  }

  it('divide once if either is 1', async () => {
    expect(await found(cold, { use: 'carl' })).to.deep.equal([]);
    expect(await found(warm, { use: 'carl', temperature: 0.1 })).to.deep.equal([]);
    expect(await found(warm, { use: 'carl' })).to.deep.equal([]);
  });

  it('are warned about if both divide, at the option of the objective', async () => {
    const [warning, ...others] = await found(cold, { use: 'carl', temperature: 0.25 });
    expect(others).to.deep.equal([]);
    expect(warning).to.include({ severity: 'warning', path: 'objective.temperature' });
    expect(warning.message).to.equal(
      'objective `carl`: the assigner divides the scores by 0.1, and temperature the logits by 0.25: together by 0.025. Set one of the two to 1.',
    );
  });

  for (const [objective, path, rest] of [
    [{ use: 'carp', partitionSize: 4, temperature: 0.5 }, 'objective.temperature', { teacher }],
    [{ use: 'swav', temperature: 0.1 }, 'objective.temperature', {}],
    [{ use: 'deepcluster-v2', temperature: 0.1 }, 'objective.temperature', {}],
    [{ use: 'dino', studentTemperature: 0.1 }, 'objective.studentTemperature', { teacher }],
    [{ use: 'msn', inputs: 'scores' }, 'objective.temperature', { teacher }],
    [{ use: 'ressl', inputs: 'assignments' }, 'objective.studentTemperature', { teacher }],
    [
      { use: 'weighted-sum', terms: [{ objective: 'koleo' }, { objective: { use: 'carl', temperature: 0.1 } }] },
      'objective.terms.1.objective.temperature',
      {},
    ],
  ] as const) {
    it(`are compared for the objective ${objective.use}`, async () => {
      expect((await found(cold, objective, rest)).map(one => one.path)).to.deep.equal([path]);
      expect(await found(warm, objective, rest)).to.deep.equal([]);
    });
  }

  for (const assigner of [
    { use: 'sinkhorn', count: 8 },
    { use: 'centering', count: 8 },
    { use: 'kmeans-assign', count: 8 },
    { use: 'spherical-kmeans', clusters: 8 },
    { use: 'instances' },
    { use: 'queue', size: 16 },
    { use: 'softmax' },
  ]) {
    it(`are compared for the assigner ${assigner.use}`, async () => {
      expect(await found(assigner, { use: 'carl', temperature: 0.5 })).to.have.length(1);
      const once = assigner.use === 'centering' ? { studentTemperature: 1 } : { temperature: 1 };
      expect(await found({ ...assigner, ...once }, { use: 'carl', temperature: 0.5 })).to.deep.equal([]);
    });
  }

  it('are not compared if an objective scores embeddings itself', async () => {
    for (const use of ['swav', 'msn'])
      expect(await found(cold, { use, inputs: 'embeddings', temperature: 0.1 }, { teacher })).to.deep.equal([]);
  });
});
