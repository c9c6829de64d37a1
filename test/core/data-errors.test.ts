import { CarlError } from '@carl-ssl/core';
import { loadPipeline, openPipeline, PipelineError } from '@carl-ssl/core/host';
import { diagnosticsOf } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import sharp from 'sharp';
import { carl } from '../e2e/cli.js';
import { onCpu, temporaryFolder, tinyPipeline, writePipeline } from '../e2e/tiny.js';

describe('errors about files that a pipeline names', () => {
  const folder = temporaryFolder();
  before(onCpu);

  const plugins = [...(tinyPipeline().plugins as readonly string[]), '@carl-ssl/data-image-folder'];
  const absent = { use: 'image-folder', root: 'nowhere' };
  const written = (changes: object) => writePipeline(folder.within('pipeline.yaml'), { plugins, ...changes });

  /** The errors with code, key and the text of their line. */
  async function errorsOf(changes: object, set: readonly string[] = []) {
    const file = written(changes);
    const error: unknown = await loadPipeline(file, { set })
      .then(openPipeline)
      .then(
        () => expect.fail('it was accepted'),
        (reason: unknown) => reason,
      );
    if (!(error instanceof PipelineError)) throw error;
    const found = error.diagnostics.map(one => [
      one.code,
      one.path,
      /^> .*$/m.exec(one.frame)?.[0].replace(/.*\| */, ''),
    ]);
    return { found, error };
  }

  it('name the file, the line and the key of missing data, with their own code', async () => {
    const { found, error } = await errorsOf({ data: absent });
    expect(found).to.deep.equal([['INPUT_FILE', 'data.root', '"root": "nowhere"']]);
    expect(error.code).to.equal('INPUT_FILE');
    expect(CarlError.is(error.cause)).to.equal(true);
    expect(error.message).to.contain(
      `\`data.root\`: Cannot read ${folder.within('nowhere')}. There is nothing of that name`,
    );
    const [{ file, remedy }] = error.diagnostics;
    expect(file).to.match(/pipeline\.yaml$/);
    expect(remedy).to.equal('If the data are at another place, give it: `--set data.root=PATH`.');
  });

  it('name the key of a reader, of `transfer`, and of the command line', async () => {
    const reader = { use: 'files', train: { use: 'csv', file: 'none.csv', root: '.' } };
    expect((await errorsOf({ data: reader })).found[0].slice(0, 2)).to.deep.equal(['INPUT_FILE', 'data.train.file']);
    const transfer = { other: { data: absent, evaluate: [{ use: 'knn' }] } };
    expect((await errorsOf({ transfer })).found[0].slice(0, 2)).to.deep.equal([
      'INPUT_FILE',
      'transfer.other.data.root',
    ]);
    const { found, error } = await errorsOf({ data: absent }, ['data.root=elsewhere']);
    expect(found[0][2]).to.equal('data.root=elsewhere');
    expect(error.message).to.match(/^--set INPUT_FILE /);
  });

  it('name the key of a file with wrong content', async () => {
    writeFileSync(folder.within('image.csv'), 'path,label\n');
    const { found } = await errorsOf({ data: { use: 'files', train: { use: 'csv', file: 'image.csv', root: '.' } } });
    expect(found.map(([code, path]) => [code, path])).to.deep.equal([['INPUT_DATA', 'data.train.file']]);
  });

  it('are reported together', async () => {
    const all = {
      data: absent,
      initialWeights: 'none.safetensors',
      transfer: { other: { data: absent, evaluate: ['knn'] } },
    };
    expect((await errorsOf(all)).found.map(([, path]) => path)).to.have.members([
      'data.root',
      'initialWeights',
      'transfer.other.data.root',
    ]);
    const { found, error } = await errorsOf({
      initialWeights: 'none.safetensors',
      trainer: { epochs: 1, batchSize: 5000 },
    });
    expect(found.map(([code, path]) => `${code} ${path}`)).to.deep.equal([
      'PARTS_MISFIT trainer.batchSize',
      'INPUT_FILE initialWeights',
    ]);
    expect([error.code, error.exitCode]).to.deep.equal(['INPUT_PIPELINE', 2]);
  });

  it('are reported together with those of the text, also by `carl validate`', async () => {
    const file = written({ initialWeights: 'none.safetensors', trainer: { epochs: 1, batchSize: 0 } });
    const codes = async () => (await diagnosticsOf(file, {})).map(({ code }) => code);
    expect(await codes()).to.have.members(['NUMBER_RANGE', 'INPUT_FILE']);
    written({ initialWeights: 'none.safetensors' });
    expect(await codes()).to.include('INPUT_FILE');
    writeFileSync(folder.within('none.safetensors'), '');
    expect(await codes()).not.to.include('INPUT_FILE');
  });

  it('name the key of a run whose data were moved, and how to give the new place', async () => {
    const [images, moved] = [folder.within('images'), folder.within('moved')];
    mkdirSync(images);
    for (let i = 0; i < 8; i++) {
      const background = { r: 30 * i, g: 9, b: 9 };
      await sharp({ create: { width: 8, height: 8, channels: 3, background } })
        .png()
        .toFile(`${images}/${i}.png`);
    }
    const data = { use: 'files', train: { use: 'image-folder', root: 'images', labels: 'none' } };
    const file = written({ data, trainer: { epochs: 1, batchSize: 8 } });
    const run = folder.within('run');
    expect((await carl(['train', file, '--out', run, '--quiet'])).code).to.equal(0);
    renameSync(images, moved);
    for (const args of [
      ['evaluate', run],
      ['train', '--resume', run],
      ['neighbours', run, 'train:1'],
    ]) {
      const { code, stderr } = await carl(args);
      expect(stderr).to.match(/pipeline\.json:\d+:\d+ INPUT_FILE `data\.train\.root`: Cannot read/);
      expect(stderr).to.contain('give it: `--set data.train.root=PATH`.');
      expect(code).to.equal(2);
    }
    expect((await carl(['neighbours', run, 'train:1', '--set', `data.train.root=${moved}`])).code).to.equal(0);
  });

  it('end commands with 2', async () => {
    written({ data: absent });
    for (const command of ['plan', 'data', 'train']) {
      const { code, stderr } = await carl([command, 'pipeline.yaml'], { cwd: folder.path });
      expect(stderr).to.match(/^pipeline\.yaml:\d+:\d+ INPUT_FILE `data\.root`: /);
      expect(code).to.equal(2);
    }
  });
});
