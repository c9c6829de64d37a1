// cspell:ignore evalute
import { expect } from 'chai';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { carl, start } from './cli.js';
import { temporaryFolder, writePipeline } from './tiny.js';

describe('the carl program', () => {
  const folder = temporaryFolder();

  const wrong: Readonly<Record<string, readonly [args: readonly string[], says: RegExp]>> = {
    'no command': [[], /^Usage: carl /],
    'an unknown command': [['trian'], /unknown command 'trian'\n\(Did you mean train\?\)/],
    'an empty option': [
      ['report', 'runs', '--out', ''],
      /^INPUT_ARGUMENT --out of carl report is empty\. Give a value/,
    ],
    'an empty argument': [['runs', 'ls', ''], /^INPUT_ARGUMENT an argument of carl runs ls is empty/],
    'an unknown option': [['train', '--sede', '1'], /unknown option '--sede'\n\(Did you mean --seed\?\)/],
    'a missing argument': [['plan'], /missing required argument 'file'/],
    'neither a pipeline nor a run': [['train'], /^INPUT_ARGUMENT Nothing to train is named\. Give a pipeline/],
    'a pipeline and a run': [
      ['train', 'a.yaml', '--resume', 'runs/a'],
      /^INPUT_ARGUMENT --resume .*, but a\.yaml is given too\. Leave out one/,
    ],
    'another seed for a run': [
      ['train', '--resume', 'runs/a', '--seed', '1'],
      /^INPUT_ARGUMENT --resume continues a run unchanged/,
    ],
    'a file that is not there': [['train', 'none.yaml'], /^none\.yaml FILE_UNREADABLE There is no such file/],
    'a misspelt file': [
      ['train', fileURLToPath(new URL('../../pipelines/carl-fashion-mnist-min.yaml', import.meta.url))],
      /FILE_UNREADABLE There is no such file\.\n {2}Did you mean `\S+\/pipelines\/carl-fashion-mnist-mini\.yaml`\?\n/,
    ],
    'a run that is not there': [
      ['evaluate', 'none'],
      /^INPUT_RUN none: there is no such folder \(\S+none\)\. Name a run/,
    ],
    'a folder that is no run': [['evaluate', '.'], /^INPUT_RUN \. is not a run directory: it has no lock\.json/],
    'a seed that is no number': [['train', 'a.yaml', '--seed', 'x'], /It must be a whole number of at least 0/],
    'a comparison of too many seeds': [
      ['compare', 'a.yaml', '--seeds', '100000000'],
      /^INPUT_ARGUMENT this comparison has 100,000,000 runs \(1 pipeline x 100000000 seeds\); at most 10,000/,
    ],
    'a grid of too many cells': [
      [
        'compare',
        'a.yaml',
        '--seeds',
        '1',
        '--grid',
        ...Array.from({ length: 8 }, (_, i) => `k${i}=0,1,2,3,4,5,6,7,8,9`),
      ],
      /^INPUT_ARGUMENT this comparison has 100,000,000 runs \(1 pipeline x 10 for k0 x 10 for k1/,
    ],
    'a format there is not': [['backend', 'list', '--format', 'xml'], /It takes text or json/],
    'the earlier `backends`': [
      ['backends', '--format', 'json'],
      /^INPUT_ARGUMENT `carl backends --format json` is now `carl backend list`/,
    ],
    'the earlier `backend status`': [['backend', 'status', 'x'], /`carl backend status x` is now `carl backend list`/],
    'the earlier `--gpu`': [
      ['backend', 'install', 'tensorflow', '--gpu'],
      /is now `carl backend install tensorflow-gpu`/,
    ],
    'a backend that needs no installation': [['backend', 'install', 'cpu'], /^INPUT_ARGUMENT .*`cpu` needs no install/],
    'a comparison of nothing': [['compare'], /^INPUT_ARGUMENT Give at least one pipeline to train/],
    'no seeds at all': [['compare', 'p.yaml', '--seeds', '0'], /It must be a whole number of at least 1/],
    'a backend there is not': [['golden', '.', '--backend', 'abacus'], /^INPUT_ARGUMENT There is no backend `abacus`/],
  };

  for (const [what, [args, says]] of Object.entries(wrong)) {
    it(`given ${what} says so, without a stack trace, and exits with 2`, async () => {
      const { code, stdout, stderr } = await carl(args, { cwd: folder.path });
      expect(stderr).to.match(says);
      expect(stderr).to.not.match(/\n\s+at /);
      expect([code, stdout]).to.deep.equal([2, '']);
    });
  }

  it('says which file of a golden case is missing', async () => {
    mkdirSync(folder.within('cases/objective/hollow'), { recursive: true });
    writeFileSync(folder.within('cases/objective/hollow/case.json'), '{ "format": 1, "inputs": {}, "expect": {} }');
    const { code, stdout } = await carl(['golden', folder.within('cases')]);
    expect(stdout).to.match(/^objective +hollow +failed +.*hollow\/tensors\.safetensors cannot be read/m);
    expect(stdout).to.match(/^0 passed, 1 failed, 0 skipped$/m);
    expect(code).to.equal(1);
    expect((await carl(['golden', folder.within('nowhere')])).stderr).to.contain('there is no such folder.');
  });

  it('says that its working folder is gone or that it may open too few files', async () => {
    const pipeline = writePipeline(folder.within('p.yaml'));
    const gone = await carl(['validate', pipeline], { limit: 'cd "$(mktemp -d)"; rmdir "$PWD"' });
    expect(gone).to.include({ code: 2, stdout: '' });
    expect(gone.stderr).to.equal(
      'INPUT_FILE The working folder does not exist any more: change to another one (cd).\n',
    );
    for (const files of [20, 30]) {
      const few = await carl(['validate', pipeline], { limit: `ulimit -n ${files}` });
      expect([few.code, few.stderr]).to.deep.equal([
        1,
        `${files === 20 ? '' : 'DISK '}Too many files are open: raise the limit, for example with \`ulimit -n 1024\`.\n`,
      ]);
    }
  });

  it('prints the stack trace with --debug before or after the command', async () => {
    for (const args of [
      ['--debug', 'evaluate', '.'],
      ['evaluate', '.', '--debug'],
    ]) {
      const { code, stderr } = await carl(args, { cwd: folder.path });
      expect([code, /\n\s+at .*run-directory/.test(stderr)]).to.deep.equal([2, true]);
    }
  });

  it('prints help and version on standard output and exits with 0', async () => {
    for (const args of [['--help'], ['train', '--help'], ['help', 'train'], ['backend', 'install', '--help']]) {
      const { code, stdout, stderr } = await carl(args);
      expect([code, stderr]).to.deep.equal([0, '']);
      expect(stdout).to.match(/^Usage: carl /);
    }
    expect((await carl(['--version'])).stdout).to.match(/^\d+\.\d+\.\d+\n$/);
  });

  it('answers help for a command that does not exist as that command', async () => {
    const { code, stdout, stderr } = await carl(['help', 'evalute']);
    expect([code, stdout]).to.deep.equal([2, '']);
    expect(stderr).to.match(/unknown command 'evalute'\n\(Did you mean evaluate\?\)/);
  });

  it('continues when a reader closes the pipe', async () => {
    const { child, ended } = start(['schema']);
    child.stdout!.once('data', () => child.stdout!.destroy());
    const { code, stderr } = await ended;
    expect([code, stderr]).to.deep.equal([0, '']);
  });

  it('prints only warnings and results without progress', async () => {
    const pipeline = writePipeline(folder.within('quiet.yaml'), { evaluate: [{ use: 'knn', k: 5 }] });
    const { code, stdout, stderr } = await carl(['train', pipeline, '--quiet', '--out', 'out'], { cwd: folder.path });
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.match(/trained encoder +\d+\.\d% +\d+\.\d%\n/);
    expect(stdout).to.match(/run directory: out\n$/);
  });

  it('prints warnings of plugins as its own, and leaves others to Node.js', async () => {
    const plugin = folder.within('warns.mjs');
    const warnings = `process.emitWarning('1 file left out \\u001b[2J', { code: 'CARL_FILES' }); process.emitWarning('other');`;
    writeFileSync(plugin, `${warnings} export default { name: 'warns', components: [] };`);
    const { stderr } = await carl(['plugins', writePipeline(folder.within('warns.yaml'), { plugins: [plugin] })]);
    expect(stderr).to.match(/^warning: 1 file left out \\x1b\[2J\n\(node:\d+\) Warning: other\n/);
  });

  it('inspects a folder of photographs, and fails if one is damaged', async () => {
    const file = (name: string): string => {
      mkdirSync(folder.within('photos', 'cat'), { recursive: true });
      return folder.within('photos', 'cat', name);
    };
    for (const name of ['a.png', 'b.png', 'c.png'])
      await sharp({ create: { width: 4, height: 3, channels: 3, background: '#ff0000' } }).toFile(file(name));
    writeFileSync(file('d.png'), 'no image');
    const { code, stdout } = await carl(['data', folder.within('photos'), '--set', 'data.validation=0']);
    expect(code).to.equal(1);
    expect(stdout)
      .to.match(/sizes +all 3x4 \(height x width\)/)
      .and.include('classes  1: cat 4')
      .and.include('mean: [1.0000, 0.0000, 0.0000]')
      .and.include('train: cat/a.png  =  train: cat/b.png  =  train: cat/c.png')
      .and.include('1 image of train cannot be decoded');
  });

  it('writes plain lines without a terminal, and chooses a new folder', async () => {
    const pipeline = writePipeline(folder.within('lines.yaml'), {
      trainer: { epochs: 1, batchSize: 16 },
      evaluate: ['rankme'],
    });
    for (const run of ['runs/tiny/seed-0', 'runs/tiny/seed-0-2']) {
      const { code, stderr } = await carl(['train', pipeline], { cwd: folder.path });
      expect(code).to.equal(0);
      // eslint-disable-next-line no-control-regex -- the point is that there are none
      expect(stderr).to.not.match(/[\u001b\r]/);
      expect(stderr).to.match(
        new RegExp(
          `^backend cpu\ntraining ${run}: 4 steps in 1 epoch\nepoch 1/1 .* done\n(evaluator .* done\n){3}report: ${run}/report.html\n$`,
        ),
      );
      expect(existsSync(join(folder.path, run, 'lock.json'))).to.equal(true);
    }
  });

  it('continues with the backend of the run, even if `auto` picks another one now', async () => {
    const pipeline = writePipeline(folder.within('auto.yaml'), {
      backend: 'auto',
      trainer: { epochs: 1, batchSize: 16 },
    });
    const run = folder.within('auto');
    const first = await carl(['train', pipeline, '--out', run]);
    const backend = /^backend (.*)$/m.exec(first.stderr)![1];
    const lock = join(run, 'lock.json');
    expect((JSON.parse(readFileSync(lock, 'utf8')) as { backend: { name: string } }).backend.name).to.equal(backend);
    const pipelineJson = JSON.parse(readFileSync(join(run, 'pipeline.json'), 'utf8')) as { backend: { use: string } };
    expect(pipelineJson.backend.use).to.equal('auto');
    expect((await carl(['train', '--resume', run])).stderr).to.match(new RegExp(`^backend ${backend}$`, 'm'));
  });
});
