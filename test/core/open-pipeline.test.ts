import { CarlError } from '@carl-ssl/core';
import { loadPipeline, openPipeline, PipelineError } from '@carl-ssl/core/host';
import { expect } from 'chai';
import { onCpu, temporaryFolder, writePipeline } from '../e2e/tiny.js';

describe('warnings and errors once the data are open', () => {
  const folder = temporaryFolder();
  before(onCpu);

  const open = async (changes: object) =>
    openPipeline(await loadPipeline(writePipeline(folder.within('pipeline.yaml'), { ...changes })));
  const leftOut = async (batchSize: number, accumulate: number) => {
    const { warnings } = await open({ trainer: { epochs: 1, batchSize, accumulate } });
    return warnings.filter(({ code }) => code === 'EPOCH_LEAVES_OUT');
  };

  it('warn of steps that leave out much of an epoch', async () => {
    const [warning] = await leftOut(8, 5);
    expect(warning).to.deep.include({ path: 'trainer.accumulate', severity: 'warning' });
    expect(warning.message).to.contain('64 images has 1 step of 40 images').and.to.contain('24 images (38%)');
    expect(await leftOut(40, 1)).to.have.length(1);
    for (const [batchSize, accumulate] of [
      [16, 1],
      [16, 4],
      [10, 1],
    ])
      expect(await leftOut(batchSize, accumulate)).to.deep.equal([]);
  });

  it('show the size of a step that the command line gives', async () => {
    const file = writePipeline(folder.within('steps.yaml'));
    const message = async (set: string): Promise<string> =>
      openPipeline(await loadPipeline(file, { set: [set] })).then(() => 'opened', String);
    expect(await message('trainer.accumulate=1000'))
      .to.contain('> | trainer.accumulate=1000\n')
      .and.contain('Lower `trainer.batchSize` or `trainer.accumulate`.');
    expect(await message('trainer.batchSize=100')).to.match(
      /> \| trainer\.batchSize=100\n[^]*Lower `trainer\.batchSize`\.$/,
    );
  });

  it('say that statistics of three channels do not fit grey images', async () => {
    const augmenter = { use: 'simclr-views', size: 8, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
    const error: unknown = await open({ augmenter }).then(
      () => expect.fail('it was accepted'),
      (reason: unknown) => reason,
    );
    expect(error instanceof PipelineError || CarlError.is(error)).to.equal(true);
    const text = JSON.stringify(error instanceof PipelineError ? error.diagnostics : String(error));
    expect(text).to.contain('1 channel').and.to.contain('has length 3').and.to.contain('one number for all channels');
  });
});
