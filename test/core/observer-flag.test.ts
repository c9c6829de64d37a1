// cspell:ignore tensorbord
import { readRun } from '@carl-ssl/core/host';
import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { carl, start } from '../e2e/cli.js';
import { temporaryFolder, tinyPipeline, writePipeline } from '../e2e/tiny.js';

describe('carl train --observer', () => {
  const folder = temporaryFolder();
  const train = (name: string, ...observers: readonly string[]) => {
    const pipeline = writePipeline(folder.within(`${name}.yaml`), { trainer: { epochs: 2, batchSize: 16 } });
    return carl([
      'train',
      pipeline,
      '--quiet',
      '--out',
      folder.within(name),
      ...observers.flatMap(one => ['--observer', one]),
    ]);
  };

  it('adds observers that the pipeline of the run does not know', async () => {
    const { code, stderr } = await train('flags', 'csv', '{ use: csv, file: losses.csv }');
    expect([code, stderr]).to.satisfy(() => code === 0 && !stderr.includes('observer'));
    const { metrics, pipeline } = await readRun(folder.within('flags'));
    const rows = [];
    for await (const { step, epoch, loss, parts, learningRate, gradientNorm } of metrics.of('step'))
      rows.push([step, epoch, loss, learningRate, gradientNorm, ...Object.values(parts)].join(','));
    const head = 'step,epoch,loss,learningRate,gradientNorm,consistency,regulariser';
    for (const file of ['steps.csv', 'losses.csv'])
      expect(readFileSync(folder.within('flags', file), 'utf8')).to.equal([head, ...rows, ''].join('\n'));
    expect(pipeline.observers).to.deep.equal([]);
  });

  it('gives a resumed run the same table as one that never stopped', async () => {
    const slow = { trainer: { epochs: 6, batchSize: 16 }, observers: [{ use: 'dawdler', milliseconds: 40 }] };
    const pipeline = writePipeline(folder.within('stopped.yaml'), slow);
    const args = ['--observer', 'csv'];
    const once = carl(['train', pipeline, '--out', folder.within('once'), ...args]);
    const { child, says, ended } = start(['train', pipeline, '--out', folder.within('stopped'), ...args]);
    await says('epoch 1/');
    child.kill('SIGINT');
    expect((await ended).code).to.equal(130);
    expect((await carl(['train', '--resume', folder.within('stopped'), ...args])).code).to.equal(0);
    expect((await once).code).to.equal(0);
    const table = (run: string) => readFileSync(folder.within(run, 'steps.csv'), 'utf8');
    expect(table('stopped')).to.equal(table('once'));
  });

  const wrong: Readonly<Record<string, readonly [observer: string, says: RegExp]>> = {
    'an unknown name': ['cvs', /(?:^|\n)INPUT_ARGUMENT there is no observer `cvs`\. Did you mean `csv`\?\n$/],
    'a misspelt name of another plugin': ['tensorbord', /Did you mean `tensorboard`\?\n$/],
    'an unknown option': ['{ use: csv, path: x }', /(?:^|\n)INPUT_ARGUMENT invalid options of observer csv:/],
    'no component': ['[csv]', /--observer USE_MISSING `\[csv\]` is not a component\./],
    'no YAML': ['{ use: csv', /YAML_SYNTAX/],
  };
  for (const [what, [observer, says]] of Object.entries(wrong)) {
    it(`refuses ${what} before it trains`, async () => {
      const { code, stderr } = await train(`wrong-${what.replaceAll(' ', '-')}`, observer);
      expect(stderr).to.match(says);
      expect(code).to.equal(2);
    });
  }

  it('refuses a wrong observer before it opens the data', async () => {
    const data = { use: 'files', train: { use: 'csv', file: 'none.csv', root: '.' } };
    const plugins = [...(tinyPipeline().plugins as readonly string[]), '@carl-ssl/data-image-folder'];
    const pipeline = writePipeline(folder.within('no-data.yaml'), { data, plugins });
    for (const [observer, says] of [
      ['cvs', 'INPUT_ARGUMENT there is no observer `cvs`. Did you mean `csv`?\n'],
      [
        '{ use: csv, fil: x }',
        'INPUT_ARGUMENT invalid options of observer csv: there is no option `fil`. Did you mean `file`?\n',
      ],
    ]) {
      const { code, stderr } = await carl(['train', pipeline, '--observer', observer]);
      expect([code, stderr]).to.deep.equal([2, says]);
    }
  });

  it('reports an observer that fails, and trains to the end', async () => {
    const pipeline = writePipeline(folder.within('failing.yaml'), { trainer: { epochs: 2, batchSize: 16 } });
    const run = folder.within('failing');
    const { code, stderr } = await carl(['train', pipeline, '--quiet', '--out', run, '--observer', 'failing']);
    expect(
      stderr.match(/^warning: observer failing is switched off: step 3 is too much\. This is a bug in the plugin/gm),
    ).to.have.length(1);
    expect(code).to.equal(0);
  });
});
