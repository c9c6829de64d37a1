import { expect } from 'chai';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { carl } from './cli.js';
import { replacePipeline, temporaryFolder, writePipeline } from './tiny.js';

describe('carl report', () => {
  const folder = temporaryFolder();
  const runs = (...names: string[]): string => join(folder.within('runs'), ...names);
  let page = '';

  before(async () => {
    const pipeline = writePipeline(folder.within('tiny.yaml'), {
      evaluate: ['knn'],
      trainer: { epochs: 1, batchSize: 16 },
    });
    for (const seed of ['0', '1']) {
      const args = ['train', pipeline, '--seed', seed, '--out', runs('a', `seed-${seed}`), '--quiet'];
      expect((await carl(args)).code).to.equal(0);
    }
    const other = '<img src=x onerror=alert(1)>';
    for (const seed of ['0', '1']) {
      cpSync(runs('a', `seed-${seed}`), runs(other, `seed-${seed}`), { recursive: true });
      const path = runs(other, `seed-${seed}`, 'pipeline.json');
      const stored = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
      replacePipeline(runs(other, `seed-${seed}`), { ...stored, name: '</pre><script>alert(2)</script>' });
    }
    cpSync(runs('a', 'seed-0'), runs('cut'), { recursive: true });
    writeFileSync(runs('cut', 'lock.json'), '{');
    const { code, stdout } = await carl(['report', runs()]);
    expect([code, stdout]).to.deep.equal([0, `${runs('report.html')}\n`]);
    page = readFileSync(runs('report.html'), 'utf8');
  });

  it('shows results, differences, curves and cost in one page without scripts or other files', () => {
    for (const text of [
      '4 runs of 2 pipelines',
      'Results on the test images',
      'Differences, paired by seed',
      'seeds gave the same differences',
      '>consistency<',
      '>spread of features<',
      'seconds of training',
      '64 images of validation',
      'are assigned to 8 prototypes',
      'view 1, global, 8×8',
    ])
      // prettier-ignore
      expect(page, text).to.contain(text);
    // Four charts, and four images with the crops of their views.
    expect(page.match(/<svg/g)).to.have.lengthOf(8);
    expect(page).to.not.match(/<script|<link|<iframe|(href|src)="(?!data:image\/png;base64,)/i);
    expect(page).to.contain(`content="default-src 'none'`);
  });

  it('escapes names of folders and pipelines', () => {
    expect(page).to.contain('&lt;img src=x onerror=alert(1)&gt;');
    expect(page).to.not.match(/<img src=x|<script/i);
  });

  it('maps each image of a sample as a radio button, and says why a run has no map', () => {
    for (const kind of ['pca', 'umap']) expect(page.split(`name="map-0-${kind}"`), kind).to.have.lengthOf(65);
    expect(page.match(/\.sheet-\w+ \{ --sheet: url/g)).to.have.lengthOf(2);
    expect(page).to.match(/No images of &lt;img src=x onerror=alert\(1\)&gt;\/seed-0 are shown: .*does not fit/);
  });

  it('names runs that cannot be read', () => {
    expect(page).to.match(/class="warning">cut cannot be read: .*lock\.json/);
  });

  it('names them also where no run can be read', async () => {
    for (const file of ['metrics.jsonl', 'timing.jsonl']) {
      const run = folder.within(`damaged-${file}`);
      cpSync(runs('a', 'seed-0'), run, { recursive: true });
      writeFileSync(join(run, file), 'null\n');
      expect(await carl(['report', run])).to.include({ code: 0, stderr: '' });
      const page = readFileSync(join(run, 'report.html'), 'utf8');
      expect(page)
        .to.contain('0 runs of 0 pipelines')
        .and.to.match(new RegExp(`cannot be read: .*${file}, line 1`));
    }
  });

  it('also takes one run, and refuses a folder without runs', async () => {
    const out = folder.within('one.html');
    const kept = runs('a', 'seed-0', 'report-images.json');
    writeFileSync(kept, readFileSync(kept, 'utf8').replace('"split":"validation"', '"split":"sample as kept"'));
    expect((await carl(['report', runs('a', 'seed-0'), '--out', out])).code).to.equal(0);
    expect(readFileSync(out, 'utf8')).to.contain('1 run of 1 pipeline;').and.to.contain('64 images of sample as kept');
    renameSync(out, folder.within('moved.html'));
    const { code, stderr } = await carl(['report', runs('a', 'seed-0', 'checkpoints'), '--out', out]);
    expect([code, existsSync(out)]).to.deep.equal([2, false]);
    expect(stderr).to.contain('has no runs: there is nothing to report');
  });

  it('gives the differences and all prototypes as JSON', async () => {
    const out = folder.within('report.json');
    expect((await carl(['report', runs('a'), '--format', 'json', '--out', out])).code).to.equal(0);
    const record = JSON.parse(readFileSync(out, 'utf8')) as {
      readonly pipelines: readonly { readonly seeds: readonly number[] }[];
      readonly prototypes: readonly { readonly run: string; readonly uses: readonly PrototypeCounts[] }[];
    };
    expect(record.pipelines.map(({ seeds }) => seeds)).to.deep.equal([[0, 1]]);
    const [{ run, uses }] = record.prototypes;
    expect([run, uses.at(-1)!.count, uses.at(-1)!.images]).to.deep.equal(['seed-0', 8, 64]);
    expect(uses.at(-1)!.prototypes.reduce((sum, { images }) => sum + images, 0)).to.equal(64);
  });

  it('is written at the end of a training, and is not needed to finish it', async () => {
    const [run, trainer] = [folder.within('trained'), { epochs: 1, batchSize: 16 }];
    const pipeline = writePipeline(folder.within('trained.yaml'), { trainer });
    const first = await carl(['train', pipeline, '--out', run]);
    expect([first.code, first.stderr]).to.deep.equal([0, first.stderr]);
    expect(first.stderr).to.contain(`report: ${join(run, 'report.html')}\n`);
    expect(readFileSync(join(run, 'report.html'), 'utf8'))
      .to.contain('Learning curves')
      .and.to.contain('<h3>CARL</h3>');
    rmSync(join(run, 'report.html'));
    mkdirSync(join(run, 'report.html', 'full'), { recursive: true });
    const second = await carl(['train', '--resume', run, '--set', 'trainer.epochs=2']);
    expect([second.code, second.stderr]).to.deep.equal([0, second.stderr]);
    expect(second.stderr).to.contain('warning: no report was written: ');
  });
});

interface PrototypeCounts {
  readonly count: number;
  readonly images: number;
  readonly prototypes: readonly { readonly images: number }[];
}
