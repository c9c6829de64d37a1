import type { StepLine } from '@carl-ssl/core';
import { assemble, loadPipeline, openData, readRun, startRun } from '@carl-ssl/core/host';
import { expect } from 'chai';
import { cpu, onCpu, temporaryFolder, writePipeline } from './tiny.js';

const tiny = new URL('../samples/plugins/tiny.mjs', import.meta.url).pathname;
const plugins = ['carl', 'swav', 'heads', 'augment', 'optim'].map(name => `@carl-ssl/${name}`);
const methods = {
  carl: {
    assigner: { use: 'prototypes', count: 8, temperature: 0.1 },
    objective: { use: 'carl', entropyWeight: { from: 5, to: 1 } },
  },
  swav: {
    assigner: { use: 'sinkhorn', count: 8, temperature: 0.1, epsilon: 0.05 },
    objective: { use: 'swav' },
  },
};

describe('parts of CARL and SwAV exchanged by --set alone', () => {
  const folder = temporaryFolder();
  let runs = 0;
  before(onCpu);

  async function train(method: keyof typeof methods, set: readonly string[]) {
    const name = `run-${(runs += 1)}`;
    const trainer = { epochs: 30, batchSize: 16 };
    const file = writePipeline(folder.within(`${name}.yaml`), {
      plugins: [...plugins, tiny],
      trainer,
      ...methods[method],
    });
    const loaded = await loadPipeline(file, { set });
    const experiment = await openData(assemble(loaded));
    const path = folder.within(name);
    const { signal } = new AbortController();
    await startRun(experiment, path, {
      backend: cpu,
      observers: [],
      signal,
      source: loaded.source,
    });
    const lines: StepLine[] = [];
    for await (const line of (await readRun(path)).metrics.of('step')) lines.push(line);
    const losses = lines.map(({ loss }) => loss);
    const mean = (some: readonly number[]) => some.reduce((sum, one) => sum + one, 0) / some.length;
    return {
      uses: [loaded.pipeline.assigner!.use, loaded.pipeline.objective.use],
      parts: Object.keys(lines[0].parts),
      learned: mean(losses.slice(-8)) / mean(losses.slice(0, 8)),
      first: losses[0],
    };
  }

  it("trains CARL's assigner with SwAV's objective", async () => {
    const swapped = await train('carl', ['objective.use=swav']);
    expect(swapped.uses).to.deep.equal(['prototypes', 'swav']);
    expect(swapped.learned).to.be.lessThan(0.9);
  });

  it("trains SwAV's assigner with CARL's objective", async () => {
    const swapped = await train('swav', ['objective.use=carl']);
    expect(swapped.uses).to.deep.equal(['sinkhorn', 'carl']);
    expect(swapped.parts).to.include.members(['consistency', 'regulariser']);
    expect(swapped.learned).to.be.lessThan(0.95);
  });

  it('gets the same method from either side', async () => {
    const here = await train('swav', ['assigner.use=prototypes', 'assigner.count=8']);
    const there = await train('carl', ['objective.use=swav']);
    expect(here.uses).to.deep.equal(there.uses);
    expect(here.first).to.be.closeTo(there.first, 1e-6);
  });
});
