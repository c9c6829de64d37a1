import { expect } from 'chai';
import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { withTrainingLock } from '@carl-ssl/core/testing';
import { RunDirectory } from '@carl-ssl/core/host';
import { temporaryFolder } from '../e2e/tiny.js';
import { serveFolder, type Tested } from './ask.js';
import { appendMetrics, COLLAPSE, stepLines, writeFakeRun } from './fake-runs.js';

describe('the pages of the dashboard', () => {
  const folder = temporaryFolder();
  const runs = (...names: string[]): string => folder.within('runs', ...names);
  let served: Tested;

  before(async () => {
    writeFakeRun(runs('a', 'seed-0'), { accuracy: 0.5, created: '2026-01-01T00:00:00.000Z' });
    writeFakeRun(runs('a', 'seed-1'), { seed: 1, accuracy: 0.7, created: '2026-01-03T00:00:00.000Z' });
    writeFakeRun(runs('b'), { method: 'nt-xent', created: '2026-01-02T00:00:00.000Z', lines: [COLLAPSE] });
    writeFakeRun(runs('c'), { method: 'swav' });
    writeFileSync(
      runs('c', 'failure.json'),
      JSON.stringify({ format: 1, code: 'TRAIN_LOSS', message: 'It diverged.' }),
    );
    served = await serveFolder(runs());
  });
  after(async () => {
    await served.close();
    expect(served.errors).to.deep.equal([]);
  });

  /** Names of the runs in the list, and of those whose curves are shown. */
  async function overview(
    query = '',
  ): Promise<{ readonly list: readonly string[]; readonly curves: readonly string[] }> {
    const { text } = await served.ask(`/${query}`);
    const all = (pattern: RegExp): readonly string[] => [...text.matchAll(pattern)].map(([, name]) => name);
    return { list: all(/type="checkbox" name="run" value="([^"]*)"/g), curves: all(/data-run="([^"]*)"/g) };
  }

  it('list the runs by filters and in an order', async () => {
    expect((await overview()).list).to.deep.equal(['a/seed-1', 'c', 'b', 'a/seed-0']);
    expect((await overview('?sort=name')).list).to.deep.equal(['a/seed-0', 'a/seed-1', 'b', 'c']);
    expect((await overview('?sort=result&words=CARL')).list).to.deep.equal(['a/seed-1', 'a/seed-0']);
    expect((await overview('?method=nt-xent')).list).to.deep.equal(['b']);
    expect((await overview('?state=failed')).list).to.deep.equal(['c']);
    expect((await overview('?words=a+"seed+1"')).list).to.deep.equal([]);
    expect((await overview('?words=seed+carl+1')).list).to.deep.equal(['a/seed-1']);
  });

  it('compare the ticked runs in the order of the address, by default the newest', async () => {
    expect((await overview()).curves).to.deep.equal(['a/seed-1', 'c', 'b', 'a/seed-0']);
    expect((await overview('?run=b&run=a%2Fseed-0&run=gone')).curves).to.deep.equal(['b', 'a/seed-0']);
    expect((await overview('?chosen=1')).curves).to.deep.equal([]);
    const { text } = await served.ask('/?run=b&run=c&method=nt-xent');
    expect(text).to.contain('<input type="hidden" name="run" value="c" />');
    expect(text).to.match(/loss over optimizer steps; last values: b [\d.]+, c [\d.]+/);
    for (const curve of ['consistency', 'accuracy on training batches', 'spread of features', 'learning rate'])
      expect(text).to.contain(curve);
    expect(text).to.contain('All features are equal.');
  });

  it('show of a run its latest collapse, failure, results and the meaning of each key', async () => {
    expect((await served.ask('/run?name=b')).text).to.match(
      /Collapse<\/strong>, from step 10: <bdi>All features are equal/,
    );
    expect((await served.ask('/run?name=c')).text)
      .to.contain('It diverged.')
      .and.to.contain('>failed<');
    const { text } = await served.ask('/run?name=a%2Fseed-1');
    expect(text).to.contain('70.0%').and.to.contain('accuracy of k-NN').and.to.contain('>finished<');
    expect(text).to.contain('Number of epochs.').and.to.contain('Images per step');
    expect(text).to.contain('objective.temperature');
    expect((await served.ask('/run?name=a')).status).to.equal(404);
  });

  it('follow a training: state, new lines, a cut file, a new and a removed run', async () => {
    const states = async (): Promise<string> => (await overviewText()).match(/class="state [a-z]+"/g)!.join(' ');
    const overviewText = async (): Promise<string> => {
      await new Promise(resolve => setTimeout(resolve, 70));
      return (await served.ask('/?words=live&run=live')).text;
    };
    writeFakeRun(folder.within('live'), { steps: 30 });
    renameSync(folder.within('live'), runs('live'));
    expect(await states()).to.contain('stopped');
    const run = await RunDirectory.open(runs('live'));
    await withTrainingLock(run, async () => {
      expect(await states()).to.contain('training');
      appendMetrics(runs('live'), [{ ...stepLines(30, 31)[0], loss: 7.25 }]);
      expect(await overviewText()).to.contain('last values: live 7.25');
    });
    expect(await states()).to.contain('stopped');
    writeFileSync(runs('live', 'metrics.jsonl'), '');
    appendMetrics(runs('live'), [{ ...stepLines(0, 1)[0], loss: 0.125 }]);
    expect(await overviewText()).to.contain('last values: live 0.125');
    rmSync(runs('live'), { recursive: true });
    expect(await overviewText()).to.contain('No run passes these filters.');
  });

  it('are told of changes by events', async () => {
    const headers = { cookie: `carl-${served.port}=${served.token}` };
    const request = get({ host: '127.0.0.1', port: served.port, path: '/events', headers });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const seen: number[] = [];
    response.on('data', (part: Buffer) =>
      seen.push(...[...part.toString().matchAll(/data: (\d+)/g)].map(([, one]) => Number(one))),
    );
    while (seen.length === 0) await once(response, 'data');
    await new Promise(resolve => setTimeout(resolve, 100));
    appendMetrics(runs('b'), stepLines(20, 21));
    const last = seen.at(-1)!;
    while (seen.at(-1)! <= last) await once(response, 'data');
    request.destroy();
    expect(seen.at(-1)).to.be.above(last);
  });

  it('say that there are no runs yet', async () => {
    mkdirSync(folder.within('empty'));
    const empty = await serveFolder(folder.within('empty'));
    expect((await empty.ask('/')).text).to.contain('There are no runs in this folder yet.');
    await empty.close();
  });
});
