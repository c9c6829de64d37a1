import { assemble, evaluateRun, failures, openData, openRun, readRun } from '@carl-ssl/core/host';
import { expect } from 'chai';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { carl } from './cli.js';
import { onCpu, temporaryFolder, tinyPipeline, trainTiny } from './tiny.js';

const times = new Date(1_500_000_000_000);

/** Overwrites a file and keeps its times. */
function write(path: string, content: Buffer | string): void {
  writeFileSync(path, content);
  utimesSync(path, times, times);
}

describe('data that are damaged at the evaluation', () => {
  const folder = temporaryFolder();
  const image = (split: string, index: number) =>
    folder.within('images', split, index % 2 ? 'odd' : 'even', `${index}.png`);
  let sound: Buffer;

  before(async () => {
    await onCpu();
    const pixels = Buffer.from(Array.from({ length: 64 }, (_, at) => at * 3));
    sound = await sharp(pixels, { raw: { width: 8, height: 8, channels: 1 } })
      .png()
      .toBuffer();
    for (const split of ['train', 'test'])
      for (let i = 0; i < 20; i++) {
        mkdirSync(folder.within('images', split, i % 2 ? 'odd' : 'even'), { recursive: true });
        write(image(split, i), sound);
      }
  });

  const folderData = () => ({
    data: { use: 'image-folder', root: folder.within('images'), validation: 0, channels: 1, cacheMegabytes: 0 },
    plugins: [...(tinyPipeline().plugins as string[]), '@carl-ssl/data-image-folder'],
  });
  const train = async (name: string, changes: object): Promise<string> => {
    const trainer = { epochs: 1, batchSize: 16 };
    await trainTiny(folder.within(name), { changes: { trainer, evaluation: { baselines: [] }, ...changes } });
    return folder.within(name);
  };
  /** Evaluates in this process; returns the metrics, and the reasons of failures. */
  const evaluate = async (path: string): Promise<{ metrics: readonly string[]; reasons: readonly string[] }> => {
    const { run, loaded } = await openRun(path);
    const results = await evaluateRun(await openData(assemble(loaded)), run, { network: undefined });
    return { metrics: results.trained.map(({ metric }) => metric), reasons: failures(results) };
  };
  const damage = (split: string, index: number) => write(image(split, index), 'x'.repeat(sound.length));

  it('fail the evaluators that read them, and carl evaluate works after the repair', async () => {
    const run = await train('failing', { ...folderData(), evaluate: [{ use: 'knn', k: 3 }, 'rankme'] });
    damage('train', 5);
    const { metrics, reasons } = await evaluate(run);
    expect(metrics).to.deep.equal(['rankme@n20']);
    expect(reasons).to.have.length(1);
    expect(reasons[0]).to.contain(`${image('train', 5)} cannot be decoded`);

    writeFileSync(image('train', 5), sound);
    const again = await carl(['evaluate', run, '--quiet']);
    expect(again.code).to.equal(0, again.stderr);
    expect((await readRun(run)).results!.trained.map(({ metric }) => metric)).to.have.length(2);

    write(image('test', 4), await sharp(sound).negate().png().toBuffer());
    const changed = await carl(['evaluate', run, '--quiet']);
    expect([changed.code, changed.stderr.includes('data test: the content changed')]).to.deep.equal([2, true]);
    write(image('test', 4), sound);
  });

  it('are found in both splits one after the other, also where a damaged image is removed', async () => {
    damage('test', 5);
    const run = await train('both', { ...folderData(), evaluate: [{ use: 'knn', k: 3 }] });
    expect((await evaluate(run)).reasons).to.have.length(1);
    rmSync(image('test', 5));
    damage('train', 7);
    expect((await evaluate(run)).reasons).to.have.length(1);
    const list = JSON.parse(readFileSync(join(run, 'damaged-files.json'), 'utf8')) as { file: string }[];
    expect(list.map(({ file }) => basename(file)).sort()).to.deep.equal(['5.png', '7.png']);
    writeFileSync(image('train', 7), sound);
    const { code, stderr } = await carl(['evaluate', run, '--quiet']);
    expect(code).to.equal(0, stderr);
    write(image('test', 5), sound);
  });

  it('are kept apart where they have the same name and place in two datasets', async () => {
    const others = folder.within('others');
    write(image('test', 5), 'x');
    cpSync(folder.within('images'), others, { recursive: true, preserveTimestamps: true });
    write(join(others, 'test/odd/5.png'), 'other');
    const evaluators = [{ use: 'knn', k: 3 }];
    const { data, plugins } = folderData();
    const transfer = { others: { data: { ...data, root: others }, evaluate: evaluators } };
    const run = await train('same-name', { data, plugins, evaluate: evaluators, transfer });
    expect((await evaluate(run)).reasons).to.have.length(2);
    write(image('test', 5), sound);
    write(join(others, 'test/odd/5.png'), sound);
    const { code, stderr } = await carl(['evaluate', run, '--quiet']);
    expect(code).to.equal(0, stderr);
  });

  it('name an IDX file that was cut, and its original is accepted again', async () => {
    const idx = (dims: readonly number[], bytes: Uint8Array) =>
      Buffer.concat([Buffer.from([0, 0, 8, dims.length]), ...dims.map(dim => Buffer.from([0, 0, 0, dim])), bytes]);
    const pixels = Uint8Array.from({ length: 20 * 64 }, (_, at) => (at * 7) % 256);
    const [images, labels] = [folder.within('images.idx'), folder.within('labels.idx')];
    write(images, idx([20, 8, 8], pixels));
    write(
      labels,
      idx(
        [20],
        Uint8Array.from({ length: 20 }, (_, i) => i % 2),
      ),
    );
    const part = { use: 'idx', images, labels };
    const run = await train('idx', {
      data: { use: 'files', train: part, test: part },
      evaluate: [{ use: 'knn', k: 3 }],
    });
    const before = await evaluate(run);
    expect(before.metrics).to.have.length(1);
    write(images, idx([20, 8, 8], pixels.subarray(0, 1000)));
    const { code, stderr } = await carl(['evaluate', run, '--quiet']);
    expect([code, stderr.includes(`${images} is damaged or incomplete`)]).to.deep.equal([2, true]);
    expect((await readRun(run)).results!.trained).to.have.length(1);
    write(images, idx([20, 8, 8], pixels));
    expect(await evaluate(run)).to.deep.equal(before);
    expect(existsSync(join(run, 'damaged-files.json'))).to.equal(false);
  });
});
