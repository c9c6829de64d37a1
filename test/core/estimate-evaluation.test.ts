import { assemble, estimateEvaluation, loadPipeline, openData, planOf } from '@carl-ssl/core/host';
import { baselinesOf, evaluationText } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import { evaluated } from '../e2e/evaluating.js';
import { onCpu, temporaryFolder, writePipeline } from '../e2e/tiny.js';

describe('the estimate of an evaluation', () => {
  const folder = temporaryFolder();
  before(onCpu);

  async function estimated(changes: Readonly<Record<string, unknown>>) {
    const loaded = await loadPipeline(writePipeline(folder.within('tiny.yaml'), evaluated(changes)));
    const experiment = await openData(assemble(loaded));
    return estimateEvaluation(experiment, await planOf(experiment));
  }

  it('counts features and evaluators of all subjects, and the memory of both', async () => {
    const all = ['knn', 'linear', 'low-shot-linear', 'rankme', 'clustering', 'silhouette', 'alignment-uniformity'];
    const estimate = (await estimated({ evaluate: all }))!;
    expect(estimate.uncounted).to.deep.equal([]);
    expect(estimate.seconds).to.be.within(0.001, 20);
    expect(estimate.peakBytes).to.be.within(process.memoryUsage.rss() / 2, process.memoryUsage.rss() + 2 ** 30);
    const [few, many] = [
      await estimated({ evaluate: ['linear'] }),
      await estimated({ evaluate: Array(9).fill('linear') }),
    ];
    expect(many!.seconds).to.be.above(few!.seconds);
  });

  it('counts evaluators that train', async () => {
    const all = [{ use: 'fine-tune', epochs: 1 }, { use: 'linear-sgd', epochs: 1 }, 'linear-svm'];
    const estimate = (await estimated({ evaluate: all }))!;
    expect(estimate.uncounted).to.deep.equal([]);
    expect(estimate.seconds).to.be.within(0.001, 60);
  });

  it('takes pixels of large images as a baseline where those of all images are few', () => {
    const evaluation = { baselines: 'auto' } as never;
    const baselines = (count: number, side: number) => baselinesOf({ evaluation }, { count, image: [side, side, 3] });
    expect(baselines(1_000_000, 32)).to.deep.equal(['untrained', 'pixels']);
    expect(baselines(2000, 64)).to.deep.equal(['untrained', 'pixels']);
    expect(baselines(300, 224)).to.deep.equal(['untrained', 'pixels']);
    expect(baselines(10_000, 64)).to.deep.equal(['untrained']);
  });

  it('names evaluators that state no work, and is left out without evaluators', async () => {
    expect((await estimated({ evaluate: ['failing', 'rankme'] }))!.uncounted).to.deep.equal(['failing']);
    expect(await estimated({ evaluate: [] })).to.equal(undefined);
  });

  it('is one line of the plan', () => {
    const estimate = { seconds: 90, peakBytes: 2 ** 30, uncounted: [] };
    expect(evaluationText(1, estimate)).to.deep.equal([
      'evaluation    about 1m 30s, within a factor of two, and 1024 MiB at the peak',
    ]);
    expect(evaluationText(2, { ...estimate, uncounted: ['mine'] })[0]).to.match(/; not counted: mine$/);
    expect(evaluationText(1, undefined)).to.deep.equal(['evaluation    no estimate']);
    expect(evaluationText(0, undefined)).to.deep.equal([]);
  });
});
