import type { StepLine, StepReport } from '@carl-ssl/core';
import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { onCpu, temporaryFolder, tinyPipeline, trainTiny } from '../e2e/tiny.js';

const noted = fileURLToPath(new URL('../samples/plugins/reporting.mjs', import.meta.url));
const teacher = { use: 'moving-average', momentum: 0.9 };

describe('a scalar that a part reports every step', () => {
  const folder = temporaryFolder();
  let runs = 0;
  before(onCpu);

  async function train(keys: Readonly<Record<string, unknown>>) {
    const { plugins } = tinyPipeline() as { plugins: string[] };
    const trainer = { epochs: 2, batchSize: 16 };
    const changes = { assigner: undefined, objective: 'noted', trainer, ...keys, plugins: [...plugins, noted] };
    const { run, reports } = await trainTiny(folder.within(`run-${(runs += 1)}`), { changes });
    const lines: StepLine[] = [];
    for await (const line of run.metrics.of('step')) lines.push(line);
    return { reports, lines };
  }
  const values = (reports: readonly StepReport[], name: string) => reports.map(({ notes }) => notes[name]);

  it('is in metrics.jsonl and in the report, under the name of the part', async () => {
    const { lines, reports } = await train({ encoder: 'noted' });
    expect(lines).to.have.length(8);
    for (const { loss, notes } of lines) {
      expect(Object.keys(notes)).to.have.members(['encoder.learns', 'objective.cosine', 'objective.batch']);
      expect(notes['objective.cosine']).to.be.closeTo(1 - loss, 1e-6);
    }
    expect(reports.map(({ notes }) => notes)).to.deep.equal(lines.map(({ notes }) => notes));
  });

  it('is the mean over the batches of a step', async () => {
    const { reports } = await train({ trainer: { epochs: 1, batchSize: 8, accumulate: 2 } });
    expect(values(reports, 'objective.batch')).to.deep.equal([0.5, 2.5, 4.5, 6.5]);
  });

  it('comes from the student alone, whose calls are averaged', async () => {
    const keys = { encoder: 'noted', teacher, trainer: { epochs: 1, batchSize: 16, forward: 'separate' } };
    const { reports } = await train(keys);
    expect(values(reports, 'encoder.learns')).to.deep.equal([1, 1, 1, 1]);
  });

  it('may come from an assigner, before a step and in it', async () => {
    const keys = { assigner: { use: 'centroids' }, objective: { use: 'carl' } };
    const { reports } = await train(keys);
    for (const { notes } of reports) {
      expect(notes['assigner.length']).to.be.within(1, 10);
      expect(notes['assigner.largest']).to.be.within(-1, 1.00001);
    }
  });

  it('has the name of its term before it in a weighted sum', async () => {
    const terms = [{ objective: 'noted' }, { weight: 0.1, objective: 'noted' }];
    const { reports } = await train({ objective: { use: 'weighted-sum', terms } });
    expect(values(reports, 'objective.noted.cosine')).to.deep.equal(values(reports, 'objective.noted-2.cosine'));
    expect(reports[0].notes['objective.noted.cosine']).to.be.closeTo(1 - reports[0].parts.noted, 1e-6);
  });

  it('is absent from the metrics of parts that report none', async () => {
    const { lines, reports } = await train({ objective: 'carl', assigner: { use: 'prototypes', count: 8 } });
    for (const { notes } of lines) expect(notes).to.deep.equal({});
    expect(reports.every(({ notes }) => Object.keys(notes).length === 0)).to.equal(true);
  });

  for (const [fault, message] of [
    ['twice', 'the note objective.cosine is given twice in one call'],
    ['vector', 'the note objective.row is a tensor of shape [3]; a note must be a scalar tensor'],
  ]) {
    it(`is refused ${fault === 'twice' ? 'with a name that is used already' : 'if it is no scalar'}`, async () => {
      const error = await train({ objective: { use: 'noted', fault } }).catch((reason: unknown) => reason as Error);
      expect(error).to.have.property('code', 'PLUGIN_CONTRACT');
      expect((error as Error).message).to.contain(message);
    });
  }
});
