import { readRun, resultsTable, type Results } from '@carl-ssl/core/host';
import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { evaluated, evaluateTiny, taught } from '../e2e/evaluating.js';
import { carl, start } from '../e2e/cli.js';
import { onCpu, temporaryFolder, trainTiny, writePipeline } from '../e2e/tiny.js';

const knn = { use: 'knn', k: 5 };

describe('the evaluation of a run', () => {
  const folder = temporaryFolder();
  before(onCpu);

  describe('of a pipeline with a teacher', () => {
    const changes = { ...taught, evaluate: ['rankme'], optimizer: { use: 'sgd', learningRate: 1 } };

    it('is of the student, unless the papers of the objective evaluate the teacher', async () => {
      const { results } = await evaluateTiny(folder.within('student'), changes);
      expect(results.network).to.equal('student');
      const { results: dino } = await evaluateTiny(folder.within('dino'), {
        ...changes,
        predictor: undefined,
        objective: 'judged-by-teacher',
      });
      expect(dino.network).to.equal('teacher');
    });

    it('is of the network that is asked for; the untrained encoder is the same for both', async () => {
      const of = async (network: 'student' | 'teacher') => evaluateTiny(folder.within('both'), changes, { network });
      const [student, teacher] = [await of('student'), await of('teacher')];
      expect(student.results.trained).to.not.deep.equal(teacher.results.trained);
      expect(student.results.untrained).to.deep.equal(teacher.results.untrained);
      expect(student.reports[0].subject).to.equal('trained student');
      expect(teacher.reports[0].subject).to.equal('trained teacher');
      const asked = await evaluateTiny(folder.within('both'), { ...changes, evaluation: { network: 'teacher' } });
      expect(asked.results).to.deep.equal(teacher.results);
    });

    it('needs a teacher if one is asked for, before anything is trained', async () => {
      const pipeline = writePipeline(folder.within('none.yaml'), { evaluation: { network: 'teacher' } });
      const { code, stderr } = await carl(['validate', pipeline]);
      expect(code).to.equal(2);
      expect(stderr + (await carl(['validate', pipeline])).stdout).to.contain(
        'The teacher is to be evaluated, but the pipeline has no `teacher`.',
      );
    });
  });

  it('leaves out baselines that are switched off', async () => {
    const subjects = async (changes: object) => {
      const { results } = await evaluateTiny(folder.within('baselines'), { evaluate: [knn], ...changes });
      return results.status.map(({ subject }) => subject);
    };
    expect(await subjects({})).to.deep.equal(['trained', 'untrained', 'pixels']);
    expect(await subjects({ evaluation: { baselines: ['untrained'] } })).to.deep.equal(['trained', 'untrained']);
    expect(await subjects({ evaluation: { baselines: [] } })).to.deep.equal(['trained']);
  });

  it('keeps the results of other evaluators when one fails, and reports which and why', async () => {
    const pipeline = writePipeline(folder.within('fails.yaml'), evaluated({ evaluate: ['failing', knn] }));
    const { code, stdout, stderr } = await carl(['train', pipeline, '--quiet', '--out', folder.within('fails')]);
    expect(code).to.equal(1);
    expect(stdout).to.match(/^trained encoder +\d+\.\d%/m);
    expect(stderr).to.match(
      /^evaluator failing failed \(trained encoder\): `evaluate` of the evaluator `failing` failed: there is nothing to see at \w+ \(evaluators\.mjs:\d+\)\. This is a bug in the plugin/m,
    );
    const { results, metrics } = await readRun(folder.within('fails'));
    const reason = results!.status[0].reason;
    expect(reason).to.contain('there is nothing to see');
    expect(results!.status).to.deep.equal([
      { evaluator: 'failing', subject: 'trained', status: 'failed', reason },
      { evaluator: 'knn', subject: 'trained', status: 'done', figures: 2 },
      { evaluator: 'failing', subject: 'untrained', status: 'failed', reason },
      { evaluator: 'knn', subject: 'untrained', status: 'done', figures: 2 },
      { evaluator: 'knn', subject: 'pixels', status: 'done', figures: 2 },
    ]);
    const lines = [];
    for await (const line of metrics.of('evaluation')) lines.push(line);
    expect(lines.map(({ evaluator, subject }) => `${evaluator}: ${subject}`)).to.deep.equal([
      'knn: trained encoder',
      'knn: untrained encoder',
      'knn: raw pixels',
    ]);
    const [{ metric, split, value }] = results!.trained;
    expect(lines[0].values[`${metric} ${split}`]).to.equal(value);
    expect(readFileSync(folder.within('fails', 'log.txt'), 'utf8')).to.contain('evaluator failing failed');
  });

  it('refuses an evaluator that changes borrowed features, whose changes no other evaluator sees', async () => {
    const evaluation = { baselines: [] };
    const { results } = await evaluateTiny(folder.within('scaled'), { evaluate: ['scaling', knn], evaluation });
    const { results: alone } = await evaluateTiny(folder.within('scaled'), { evaluate: [knn], evaluation });
    expect(results.status[0]).to.include({ status: 'failed' }).and.have.property('reason').that.contains('changed features'); // prettier-ignore
    expect(results.trained).to.deep.equal(alone.trained);
    expect(alone.trained.length).to.be.above(0);
  });

  it('reports its progress, evaluator by evaluator, trained figures first', async () => {
    const { reports } = await evaluateTiny(folder.within('progress'), { evaluate: [knn, 'rankme'] });
    const ended = reports.filter(({ status }) => status === 'done');
    expect(
      ended.map(({ number, count, evaluator, subject }) => `${number}/${count} ${evaluator} ${subject}`),
    ).to.deep.equal([
      '1/6 knn trained encoder',
      '2/6 rankme trained encoder',
      '3/6 knn untrained encoder',
      '4/6 rankme untrained encoder',
      '5/6 knn raw pixels',
      '6/6 rankme raw pixels',
    ]);
    expect(ended[0].results!.map(({ metric }) => metric)).to.include('knn5@t0.1');
    expect(reports.some(({ status, done, total }) => status === 'running' && done === 0 && total === 64)).to.equal(
      true,
    );
  });

  it('stops between two units of work; finished evaluators are kept, the others stay pending', async () => {
    const controller = new AbortController();
    const { results } = await evaluateTiny(
      folder.within('stopped'),
      { evaluate: [knn, 'waiting', 'rankme'] },
      {
        signal: controller.signal,
        onReport: ({ evaluator, status, done }) => {
          if (evaluator === 'waiting' && status === 'running' && done !== undefined) controller.abort();
        },
      },
    );
    expect(results.status.map(({ status }) => status).slice(0, 3)).to.deep.equal(['done', 'pending', 'pending']);
    expect((await readRun(folder.within('stopped'))).results).to.deep.equal(results);
  });

  it('ends within a second or so after Ctrl-C, with the command to finish it', async () => {
    const pipeline = writePipeline(folder.within('ctrl-c.yaml'), evaluated({ evaluate: [knn, 'waiting'] }));
    const run = folder.within('ctrl-c');
    const { child, says, ended } = start(['train', pipeline, '--out', run]);
    await says('evaluator 1/4  knn, trained encoder  done');
    child.kill('SIGINT');
    const asked = performance.now();
    const { code, stderr, stdout } = await ended;
    expect(performance.now() - asked).to.be.below(20_000);
    expect(code).to.equal(130);
    expect(stderr).to.contain('Stopping the evaluation. Press Ctrl-C again to stop immediately.');
    expect(stderr).to.contain(`evaluation interrupted; finish it with: carl evaluate ${run}\n`);
    expect(stdout).to.match(/^trained encoder +\d+\.\d%/m);
    expect((await readRun(run)).results!.status[1]).to.deep.include({ evaluator: 'waiting', status: 'pending' });
  });

  it('is refused where data are not those of the training, and warns of another plugin; results stay', async () => {
    await evaluateTiny(folder.within('changed'), { evaluate: [knn] });
    const [lockFile, resultsFile] = ['lock.json', 'results.json'].map(name => folder.within('changed', name));
    const text = readFileSync(lockFile, 'utf8');
    const lock = JSON.parse(text) as { data: Record<string, object>; plugins: { version: string }[] };
    lock.plugins[0].version = '0.0.7';
    writeFileSync(lockFile, JSON.stringify(lock));
    const warned = await carl(['evaluate', folder.within('changed'), '--quiet']);
    expect([warned.code, warned.stderr]).to.deep.equal([0, warned.stderr]);
    expect(warned.stderr).to.match(/warning: not as in training, so results may differ: plugin .*0\.0\.7/);
    const before = readFileSync(resultsFile, 'utf8');
    lock.data.test = { images: 64, sha256: 'other labels' };
    writeFileSync(lockFile, JSON.stringify(lock));
    for (const command of ['evaluate', 'reproduce']) {
      const { code, stderr } = await carl([command, folder.within('changed'), '--quiet']);
      expect([code, stderr]).to.deep.equal([2, stderr]);
      expect(stderr).to.contain('data test: the content changed, its SHA-256 was other labels');
    }
    expect(readFileSync(resultsFile, 'utf8')).to.equal(before);
  });

  it('explains the columns of its table', async () => {
    const { results } = await evaluateTiny(folder.within('legend'), { evaluate: [knn, 'rankme'] });
    expect(resultsTable(results))
      .to.match(/^knn5@t0\.1 +accuracy of a vote of the 5 nearest training images/m)
      .and.match(
        /^rankme@n64 +effective rank of the features of 64 images, at most the smaller of this number and of their width; /m,
      )
      .and.match(/^chance +accuracy of always naming the most frequent class$/m);
  });

  it('reads results of the first format', async () => {
    const path = folder.within('format-1');
    await trainTiny(path, { changes: { trainer: { epochs: 1, batchSize: 16 } } });
    const figure = { metric: 'knn20@t0.1', split: 'test', value: 0.5, kind: 'accuracy' };
    const old = { format: 1, step: 4, trained: [figure], untrained: [], pixels: [], chance: { test: 0.25 } };
    writeFileSync(folder.within('format-1', 'results.json'), JSON.stringify(old));
    expect((await readRun(path)).results).to.deep.equal({ ...old, format: 2, status: [] });
  });

  it('accepts the earlier name of an evaluator', async () => {
    const pipeline = writePipeline(folder.within('renamed.yaml'), { evaluate: ['semi-supervised'] });
    const { stdout, code } = await carl(['validate', pipeline]);
    expect(stdout).to.contain('`semi-supervised` is now called `low-shot-linear`.');
    expect(code).to.equal(2);
  });
});

describe('a table without results', () => {
  const none: Results = { format: 2, step: 1, status: [], trained: [], untrained: [], pixels: [], chance: {} };

  it('says whether there are no evaluators, or none that has a result', () => {
    expect(resultsTable(none)).to.equal('nothing was evaluated: the pipeline has no evaluators');
    const failed = { evaluator: 'knn', subject: 'trained', status: 'failed', reason: 'no labels' } as const;
    expect(resultsTable({ ...none, status: [failed] })).to.equal('no evaluator has a result');
  });
});
