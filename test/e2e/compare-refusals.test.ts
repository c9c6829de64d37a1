// cspell:ignore sawv
import { expect } from 'chai';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { carl } from './cli.js';
import { temporaryFolder, writePipeline } from './tiny.js';

const plugins = ['carl', 'contrastive', 'heads', 'augment', 'optim', 'evaluate'].map(name => `@carl-ssl/${name}`);
const tiny = new URL('../samples/plugins/tiny.mjs', import.meta.url).pathname;
const short = { plugins: [...plugins, tiny], trainer: { epochs: 1, batchSize: 32 }, evaluate: ['knn'] };

describe('carl compare, before the first run', () => {
  const folder = temporaryFolder();
  const pipeline = (changes: object = {}, name = 'my.yaml'): string =>
    writePipeline(folder.within(name), { ...short, ...changes });

  /** Standard error of a comparison that must end with status 2 and leave nothing. */
  async function refused(...args: readonly string[]): Promise<string> {
    const out = folder.within('refused');
    const { code, stderr, stdout } = await carl(['compare', ...args, '--out', out]);
    expect([code, stdout, existsSync(out)], stderr).to.deep.equal([2, '', false]);
    return stderr;
  }

  it('refuses keys that options of the comparison replace', async () => {
    const my = pipeline();
    for (const [args, says] of [
      [['--grid', 'seed=0,1'], '--grid seed=0,1: --seeds sets the seeds of all runs. Give --seeds 2 in place of it, for the seeds 0 and 1.'], // prettier-ignore
      [['--set', 'seed=4', '--seeds', '1'], '--set seed=4: --seeds sets the seeds of all runs. Leave this key out: --seeds 1 trains the seed 0.'], // prettier-ignore
      [['--grid', 'trainer.epochs=1,2', '--budget', '1epochs'], '--grid trainer.epochs=1,2: --budget sets the epochs of all runs. Leave out one of the two.'], // prettier-ignore
      [['--grid', 'backend=cpu,wasm', '--backend', 'cpu'], '--grid backend=cpu,wasm: --backend sets the backend of all runs. Leave out one of the two.'], // prettier-ignore
    ] as const)
      expect(await refused(my, ...args)).to.equal(`INPUT_ARGUMENT ${says}\n`);
    const equal = ['--grid', 'assigner.count=8,8.0'];
    expect(await refused(my, ...equal)).to.contain(
      'my+assigner.count-8 and my+assigner.count-8.0 are the same pipeline',
    );
    const ranges = folder.within('ranges.yaml');
    writeFileSync(ranges, 'all:\n  seed: [0, 1]\n  assigner.count: [4, 8]\n');
    const trials = ['--trials', '2', '--ranges', ranges, '--grid', 'assigner.count=4,6'];
    expect(await refused(my, ...trials))
      .to.match(/ranges\.yaml:2:3 RANGES_INVALID `seed` cannot be drawn\.[^]*--seeds sets the seeds of all runs\./)
      .and.match(
        /ranges\.yaml:3:3 RANGES_INVALID `assigner\.count` cannot be drawn\.[^]*--grid has values of this key too/,
      );
  });

  it('refuses a key that --set and --grid give, if the value of --set would be dropped', async () => {
    const my = pipeline();
    for (const [set, grid] of [
      ['assigner.count=32', 'assigner.count=4,8'],
      ['assigner=prototypes', 'assigner.use=prototypes,sinkhorn'],
      ['assigner={ use: prototypes, count: 32 }', 'assigner.count=4,8'],
      ['trainer.batchSize=16', 'trainer={ batchSize: 32 },{ batchSize: 64 }'],
      ['head.layers.0=1', 'head.layers=[1],[2]'],
    ])
      expect(await refused(my, '--grid', grid, '--set', set)).to.equal(
        `INPUT_ARGUMENT --set ${set}: --grid ${grid} gives values of the same key, and would replace this one. Leave out one of the two.\n`,
      );
    const twice = ['--grid', 'assigner.count=4,8', 'assigner.count=8,16'];
    expect(await refused(my, ...twice)).to.contain('Give all its values at once: --grid assigner.count=4,8,16.');
    const ranges = folder.within('counts.yaml');
    writeFileSync(ranges, 'all:\n  assigner.count: [4, 8]\n');
    expect(await refused(my, '--trials', '2', '--ranges', ranges, '--set', 'assigner.count=6')).to.match(
      /counts\.yaml:2:3 RANGES_INVALID [^]*--set gives this key too/,
    );
  });

  it('refuses a file that is given twice, and files of the same name', async () => {
    const [my, other] = [pipeline(), folder.within('other', 'my.yaml')];
    mkdirSync(folder.within('other'));
    cpSync(my, other);
    for (const again of [my, relative('', my)])
      expect(await refused(my, again)).to.equal(
        `INPUT_ARGUMENT ${again} is given twice. Name each pipeline once; --seeds repeats its runs.\n`,
      );
    expect(await refused(my, other)).to.equal(
      `INPUT_ARGUMENT ${my} and ${other} would both be called my: rename one of the files.\n`,
    );
    expect(await refused(my, '--grid', 'assigner.count=4,4')).to.match(/: name each value of the grid once\.$/m);
  });

  it('takes a change within a component or mapping of the grid that keeps it', async () => {
    for (const [set, grid] of [
      ['assigner.count=0', 'assigner=prototypes,sinkhorn'],
      ['trainer.epochs=0', 'trainer={ batchSize: 16 },{ batchSize: 32 }'],
      ['assigner={ use: prototypes, count: 0 }', 'assigner.temperature=1,2'],
    ])
      expect(await refused(pipeline(), '--grid', grid, '--set', set)).to.contain('NUMBER_RANGE');
  });

  it('refuses a run directory as its folder, and leaves the run as it was', async () => {
    const [run, my] = [folder.within('run'), pipeline()];
    expect((await carl(['train', my, '--out', run, '--quiet'])).code).to.equal(0);
    const before = readdirSync(run);
    const { code, stderr } = await carl(['compare', my, '--out', run]);
    const says = `--out ${run}: this is a run directory, whose report the comparison would replace. Choose another folder.`;
    expect([code, stderr]).to.deep.equal([2, `INPUT_ARGUMENT ${says}\n`]);
    expect(readdirSync(run)).to.deep.equal(before);
  });

  it('refuses all values of a grid that the schema forbids, with what is allowed', async () => {
    const given = ['--grid', 'trainer.precision=float32,fp16', 'trainer.epochs=0,1', 'objective=carl,sawv'];
    expect(await refused(pipeline(), ...given))
      .to.match(/^--grid VALUE_NOT_ALLOWED [^]*> \| trainer\.precision=fp16\n[^]*`bf16`\? Allowed: float32, bf16\.$/m)
      .and.match(/^--grid NUMBER_RANGE `trainer\.epochs` is 0/m)
      .and.match(/^--grid COMPONENT_UNKNOWN There is no objective `sawv`\.$/m)
      .and.not.match(/_[A-Z]+ [^]*_[A-Z]+ [^]*_[A-Z]+ [^]*_[A-Z]+ /);
  });

  it('reports an unknown key of the grid once, and a warning of several variants once', async () => {
    const unknown = ['--grid', 'trainer.foo=1,2,3', 'assigner.count=4,8'];
    expect(await refused(pipeline(), ...unknown)).to.match(
      /^--grid KEY_UNKNOWN `trainer` has no key `foo`\.\n> \| trainer\.foo=1\n[^>]*$/,
    );
    const my = pipeline({ schedule: { use: 'cosine-warmup', warmupEpochs: 1 } }, 'warm.yaml');
    const args = ['--seeds', '1', '--no-report', '--out', folder.within('warm')];
    const { code, stderr } = await carl(['compare', my, '--grid', 'assigner.count=4,8', ...args]);
    expect(stderr.match(/^.*The warm-up takes.*$/gm)).to.deep.equal([
      'all pipelines: schedule `cosine-warmup`: The warm-up takes the whole training of 1 epoch, so the value only ever rises; make `warmupEpochs` smaller.',
    ]);
    expect(code, stderr).to.equal(0);
  });

  it('refuses a file that no value of the grid makes valid', async () => {
    const broken = pipeline({ trainer: { epochs: 0, batchSize: 32 } }, 'broken.yaml');
    const grid = ['--grid', 'assigner.count=4,8'];
    expect(await refused(pipeline(), broken, ...grid)).to.match(/broken\.yaml:\d+:\d+ NUMBER_RANGE/);
  });

  it('refuses what `carl plan` refuses, for all files at once', async () => {
    const [my, other] = [pipeline(), pipeline({}, 'other.yaml')];
    const large = ['--set', 'trainer.batchSize=20001'];
    const plan = await carl(['plan', my, ...large]);
    expect(plan.stderr).to.contain('PARTS_MISFIT A step takes 20001 images');
    expect(await refused(my, other, ...large)).to.equal(plan.stderr);
    const grid = ['--grid', 'trainer.batchSize=32,20001'];
    expect(await refused(my, ...grid)).to.match(/^--grid PARTS_MISFIT A step takes 20001 images/);
    const count = ['--set', 'assigner.count=1000000000000'];
    expect(await refused(my, ...count)).to.contain('A training step needs at least');
    const ranges = folder.within('sizes.yaml');
    writeFileSync(ranges, 'all:\n  trainer.batchSize: { from: 16, to: 5000, integer: true }\n');
    const drawn = ['--trials', '2', '--ranges', ranges];
    expect(await refused(my, ...drawn)).to.match(/sizes\.yaml:2:3 PARTS_MISFIT trainer\.batchSize=5000: A step takes/);
  });

  it('leaves out the same combinations in jobs, also those that do not fit the data', async () => {
    const jobs = ['--jobs', '1', '--seeds', '1', '--no-report', '--out', folder.within('jobs')];
    const grid = ['--grid', 'augmenter.mean=[0.5],[0.1,0.2,0.3]', 'augmenter.std=[0.5],[0.1,0.2,0.3]'];
    const { code, stdout, stderr } = await carl(['compare', pipeline(), ...grid, ...jobs]);
    expect(stderr).to.not.contain('failed');
    expect([code, stdout.match(/^left out /gm)?.length], stderr).to.deep.equal([0, 3]);
  });

  it('names all parts that a value of the grid needs', async () => {
    const both = ['--grid', 'objective=prediction'];
    const without = (part: string): RegExp =>
      new RegExp(`REQUIREMENT_MISSING The objective \`[^\`]+\` requires \`${part}\``);
    expect(await refused(pipeline(), ...both))
      .to.match(without('teacher'))
      .and.match(without('predictor'));
    const args = ['--grid', 'objective=carl,prediction', '--seeds', '1', '--no-report'];
    const { stdout } = await carl(['compare', pipeline(), ...args, '--out', folder.within('parts')]);
    expect(stdout).to.match(/^left out [^]* requires `teacher`, [^\n]* requires `predictor`, .*$/m);
  });

  it('leaves out combinations that do not fit, and lists them in the files', async () => {
    const out = folder.within('grid');
    const args = ['--grid', 'objective=carl,info-nce', '--seeds', '1', '--no-report', '--out', out];
    const { code, stdout } = await carl(['compare', pipeline(), ...args]);
    const reason = 'The objective `info-nce` requires `teacher`, which nothing in this pipeline provides.';
    expect([code, stdout]).to.deep.equal([0, stdout]);
    expect(stdout).to.contain(`left out my+objective-info-nce: ${reason}`);
    expect(readFileSync(folder.within('grid', 'comparison.md'), 'utf8').replaceAll('\\', '')).to.contain(
      `Combinations that cannot be trained are left out:\n\n- my+objective-info-nce: ${reason}\n`,
    );
    const record = JSON.parse(readFileSync(folder.within('grid', 'comparison.json'), 'utf8')) as { leftOut: unknown };
    expect(record.leftOut).to.deep.equal([{ name: 'my+objective-info-nce', reason }]);
  });
});
