import {
  estimateEvaluation,
  loadPipeline,
  openPipeline,
  planOf,
  readRun,
  resultsTable,
  type Results,
} from '@carl-ssl/core/host';
import { planText, summaryTable } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import sharp from 'sharp';
import { carl } from '../e2e/cli.js';
import { evaluated, evaluateTiny } from '../e2e/evaluating.js';
import { onCpu, temporaryFolder, tinyPipeline, trainTiny, writePipeline } from '../e2e/tiny.js';

const knn = { use: 'knn', k: 5 };
const probe = { use: 'linear', grid: [] };
const larger = { use: 'stripes', seed: 7, size: 12, count: 48, noise: 0.5 };
const changes = { evaluate: [knn], transfer: { other: { data: larger, evaluate: [probe, knn] } } };

describe('the evaluation on other datasets', () => {
  const folder = temporaryFolder();
  before(onCpu);

  const named = (figures: Results['trained']) =>
    figures.filter(({ split }) => split === 'test').map(({ metric, dataset = '' }) => `${dataset}: ${metric}`);

  it('gives results with the name of the dataset, of the encoder and of each baseline once', async () => {
    const { results, reports } = await evaluateTiny(folder.within('run'), changes);
    const evaluators = ['knn', 'other/linear', 'other/knn'];
    expect(results.status.map(({ evaluator, subject, status }) => `${subject} ${evaluator} ${status}`)).to.deep.equal(
      ['trained', 'untrained', 'pixels'].flatMap(subject => evaluators.map(use => `${subject} ${use} done`)),
    );
    expect(reports.filter(({ status }) => status === 'done').map(({ evaluator }) => evaluator)).to.deep.equal(
      Array(3).fill(evaluators).flat(),
    );
    for (const figures of [results.trained, results.untrained, results.pixels])
      expect(named(figures)).to.deep.equal([': knn5@t0.1', 'other: other/linear@C1', 'other: other/knn5@t0.1']);
    expect(resultsTable(results).split('\n')[0]).to.match(
      /^ +knn5@t0\.1 .* other\/linear@C1 test .* other\/knn5@t0\.1 test$/,
    );
    const run = { seed: 0, results, seconds: 1, warnings: [] };
    expect(summaryTable([{ name: 'carl', runs: [run] }]).split('\n')[0]).to.match(/other\/linear@C1 test +other\/knn5@t0\.1 test/); // prettier-ignore
  });

  it('brings larger images to the size of the encoder, and leaves the own results as they are without it', async () => {
    const { results } = await evaluateTiny(folder.within('run'), changes);
    const { results: alone } = await evaluateTiny(folder.within('run'), { ...changes, transfer: undefined });
    const own = (figures: Results['trained']) => figures.filter(({ dataset }) => dataset === undefined);
    expect(own(results.trained)).to.deep.equal(alone.trained);
    expect(own(results.untrained)).to.deep.equal(alone.untrained);
    const same = { other: { data: 'stripes', evaluate: [knn] } };
    const { results: twice } = await evaluateTiny(folder.within('run'), { ...changes, transfer: same });
    const valuesOf = (dataset?: string) => twice.trained.filter(one => one.dataset === dataset).map(one => one.value);
    expect(valuesOf('other')).to.deep.equal(valuesOf());
    expect(twice.chance).to.deep.equal({ validation: 0.25, test: 0.25, 'other/validation': 0.25, 'other/test': 0.25 });
  });

  it('fine-tunes on them, with random streams of its own', async () => {
    const sgd = { use: 'sgd', learningRate: 0.1, momentum: 0.9 };
    const tuning = { use: 'fine-tuning', steps: 20, optimizer: sgd };
    const data = { ...larger, noise: 0.7 };
    const only = { evaluate: [], transfer: { a: { data, evaluate: [tuning] }, b: { data, evaluate: [tuning] } } }; // prettier-ignore
    const { results } = await evaluateTiny(folder.within('tuned'), only);
    const [a, b] = results.trained;
    expect(a.metric).to.equal('a/fine-tuning@s20');
    expect(a.value).to.be.above(0.35);
    expect(results.untrained.map(({ metric }) => metric)).to.deep.equal(['a/fine-tuning@s20', 'b/fine-tuning@s20']);
    expect([a.value, results.untrained[0].value]).to.not.deep.equal([b.value, results.untrained[1].value]);
    expect(results.pixels).to.deep.equal([]);
  });

  it('fine-tunes by the evaluator of the papers, and probes the frozen encoder beside it', async () => {
    writeFileSync(folder.within('list.txt'), Array.from({ length: 8 }, (_, i) => i).join('\n'));
    const rates = { encoderRate: 0.2, classifierRate: 0.5 };
    const tune = {
      ...{ use: 'fine-tune', epochs: 15, batchSize: 16, draws: 1, validateEvery: 15 },
      subsets: [
        { share: 1, ...rates },
        { file: './list.txt', ...rates },
      ],
    };
    const all = [
      tune,
      { use: 'linear-sgd', epochs: 2, batchSize: 16 },
      { use: 'linear', grid: [], output: 'features' },
    ];
    const easy = { ...larger, noise: 0.1 };
    const only = { evaluate: [], evaluation: { baselines: [] }, transfer: { other: { data: easy, evaluate: all } } };
    const { results } = await evaluateTiny(folder.within('real'), only);
    expect(results.status.map(({ status, reason }) => reason ?? status)).to.deep.equal(Array(3).fill('done'));
    const accuracy = (figures: Results['trained'], metric: string) =>
      figures.find(one => one.metric === `other/${metric}` && one.split === 'test')!.value;
    const whole = 'fine-tune100%@n48e15lr0.2/0.5x1:last';
    expect(accuracy(results.trained, whole)).to.be.above(0.6);
    // Relative to the folder of the pipeline.
    expect(accuracy(results.trained, 'fine-tune-list@n8e15lr0.2/0.5x1:last')).to.be.within(0.25, 1);
    expect(accuracy(results.trained, 'linear-sgd@e2b16lr0.3:last')).to.be.within(0, 1);
  });

  it('is in the plan, with its images, classes and evaluators', async () => {
    const loaded = await loadPipeline(writePipeline(folder.within('plan.yaml'), evaluated(changes)));
    const { experiment } = await openPipeline(loaded);
    const plan = await planOf(experiment);
    expect(planText(plan)).to.contain(
      '\ntransfer      other: 48 training, 48 validation, 48 test, 4 classes; linear, knn\n',
    );
    const alone = await openPipeline(
      await loadPipeline(writePipeline(folder.within('plan.yaml'), evaluated({ evaluate: [knn, probe] }))),
    );
    const [both, own] = [await estimateEvaluation(experiment, plan), await estimateEvaluation(alone.experiment, plan)];
    expect(both!.uncounted).to.deep.equal([]);
    expect(both!.seconds).to.be.above(0);
    expect(own!.seconds).to.be.above(0);
  });

  it('refuses another dataset than that of the training', async () => {
    const path = folder.within('locked');
    await trainTiny(path, { changes: evaluated(changes) });
    const { lock } = await readRun(path);
    expect(Object.keys(lock.data)).to.deep.equal(
      ['', 'other/'].flatMap(name => ['train', 'validation', 'test'].map(split => `${name}${split}`)),
    );
    const data = { ...lock.data, 'other/test': { images: 48, sha256: 'other images' } };
    writeFileSync(folder.within('locked', 'lock.json'), JSON.stringify({ ...lock, data }));
    const { code, stderr } = await carl(['evaluate', path, '--quiet']);
    expect([code, stderr]).to.deep.equal([2, stderr]);
    expect(stderr).to.contain('data other/test: the content changed, its SHA-256 was other images');
  });

  it('takes image folders, also from another place after the training', async () => {
    const [here, there] = [folder.within('images'), folder.within('moved')];
    for (const [i, label] of ['a', 'b'].entries()) {
      mkdirSync(`${here}/${label}`, { recursive: true });
      for (let n = 0; n < 12; n++) {
        const pixels = Buffer.from(Array.from({ length: 100 }, (_, at) => (at * (1 + 4 * i) * (n + 3)) % 256));
        const png = sharp(pixels, { raw: { width: 10, height: 10, channels: 1 } }).png();
        writeFileSync(`${here}/${label}/${n}.png`, await png.toBuffer());
      }
    }
    const data = { use: 'image-folder', root: here, validation: 0, test: 0.5, channels: 1 };
    const plugins = [...(tinyPipeline().plugins as string[]), '@carl-ssl/data-image-folder'];
    const path = folder.within('folders');
    const { results } = await evaluateTiny(path, { plugins, evaluate: [], transfer: { mine: { data, evaluate: [knn] } } }); // prettier-ignore
    expect(named(results.trained)).to.deep.equal(['mine: mine/knn5@t0.1']);
    renameSync(here, there);
    expect((await carl(['evaluate', path, '--quiet'])).stderr).to.contain(here);
    const moved = ['--set', `transfer.mine.data.root=${there}`];
    expect(await carl(['evaluate', path, '--quiet', ...moved])).to.include({ code: 0 });
    expect((await readRun(path)).results!.trained).to.deep.equal(results.trained);
  });

  describe('before the training, refuses', () => {
    const refused = async (transfer: object, more: object = {}): Promise<string> => {
      const file = writePipeline(folder.within('refused.yaml'), evaluated({ evaluate: [], transfer, ...more }));
      const error: unknown = await loadPipeline(file)
        .then(openPipeline)
        .catch((reason: unknown) => reason);
      return String(error);
    };
    const other = (data: unknown, evaluate: unknown = [knn]) => ({ other: { data, evaluate } });

    it('images with other channels, with advice', async () => {
      expect(await refused(other({ use: 'stripes', channels: 3 })))
        .to.contain('The images of `other` have 3 channels, and the encoder takes 1 channel.')
        .and.contain('Convert the images to 1 channel');
    });

    it('evaluators that lack labels or images there, whatever the own dataset has', async () => {
      expect(await refused(other({ use: 'stripes', labelled: false }))).to.contain(
        'The evaluator `knn` requires `labels`, which nothing in this pipeline provides.',
      );
      expect(await refused(other({ use: 'stripes', count: 4 }))).to.contain(
        'k is 5, but there are only 4 training images.',
      );
      const unlabelled = { data: { use: 'stripes', labelled: false } };
      expect(await refused(other('stripes'), unlabelled)).to.not.contain('labels');
      expect(await refused(other('stripes'), { ...unlabelled, evaluate: [knn] })).to.contain('requires `labels`');
    });

    it('names that cannot be part of a result, and entries without data or evaluators', async () => {
      for (const name of ['my flowers', '1', 'a/b', 'a.b', '_a', 'x'.repeat(41)])
        expect(await refused(JSON.parse(`{"${name}": {"data": "stripes", "evaluate": ["knn"]}}`) as object), name)
          .to.contain(`\`transfer\` cannot have the name \`${name}\`.`)
          .and.contain('Names must match ^[A-Za-z]');
      expect(await refused({ other: { data: 'stripes' } })).to.contain('`transfer.other` needs `evaluate`.');
      expect(await refused(other('stripes', []))).to.contain('transfer.other.evaluate');
      expect(await refused({ use: { data: 'stripes', evaluate: [knn] } })).to.equal('[object Object]');
      expect(await refused({ other: { data: 'stripes', evaluates: [knn] } })).to.contain('Did you mean `evaluate`?');
      expect(await refused([{ data: 'stripes', evaluate: [knn] }])).to.contain('`transfer`');
    });
  });

  it('is part of the pipeline in every respect: short forms and --set', async () => {
    const file = writePipeline(folder.within('set.yaml'), evaluated({ evaluate: [], transfer: { other: { data: { use: 'stripes' }, evaluate: ['knn'] } } })); // prettier-ignore
    const { pipeline } = await loadPipeline(file, { set: ['transfer.other.data.size=16'] });
    expect(pipeline.transfer!.other.data).to.include({ use: 'stripes', size: 16, count: 64 });
    expect(pipeline.transfer!.other.evaluate[0]).to.include({ use: 'knn', k: 20 });
  });
});
