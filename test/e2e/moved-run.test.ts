import { CarlError } from '@carl-ssl/core';
import {
  assemble,
  openData,
  openRun,
  resumeRun,
  resumeSession,
  RunDirectory,
  startRun,
  type OpenRun,
} from '@carl-ssl/core/host';
import { expect } from 'chai';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { carl } from './cli.js';
import {
  cpu,
  onCpu,
  remains,
  replacePipeline,
  temporaryFolder,
  tinyPipeline,
  trainTiny,
  type TrainingAsk,
} from './tiny.js';

const stopped: TrainingAsk = { observer: abort => ({ onStep: ({ step }) => step === 3 && abort() }) };
const packages = (tinyPipeline().plugins as string[]).filter(name => name.startsWith('@'));

interface Resumption {
  readonly changedData?: boolean;
}

/** Resumes in this process; returns the differences of the environment. */
async function resume({ run, loaded }: OpenRun, { changedData = false }: Resumption = {}): Promise<string[]> {
  const differences: string[] = [];
  await resumeRun(await openData(assemble(loaded)), run, {
    backend: cpu,
    observers: [],
    signal: new AbortController().signal,
    ofRun: true,
    changedData,
    onDifferences: lines => differences.push(...lines),
  });
  return differences;
}

const quietly = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => work(new AbortController().signal);

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  if (!CarlError.is(error)) throw new Error('nothing was refused', { cause: error });
  return `${error.code} ${error.message}`;
}

describe('a run whose data were moved or repaired', () => {
  const folder = temporaryFolder();
  const [old, place] = [() => folder.within('images'), () => folder.within('elsewhere')];
  const changes = () => ({
    plugins: [...(tinyPipeline().plugins as string[]), '@carl-ssl/data-image-folder'],
    data: { use: 'image-folder', root: old(), validation: 0, channels: 1 },
    evaluate: ['rankme'],
  });
  const copy = (name: string): string => {
    cpSync(folder.within('stopped'), folder.within(name), { recursive: true });
    return folder.within(name);
  };
  const paint = async (file: string, seed: number): Promise<void> => {
    const pixels = Buffer.from(Array.from({ length: 64 }, (_, at) => (at * seed) % 256));
    const image = sharp(pixels, { raw: { width: 8, height: 8, channels: 1 } });
    writeFileSync(file, await image.png().toBuffer());
  };

  before(async () => {
    await onCpu();
    for (const label of ['a', 'b']) {
      mkdirSync(join(old(), label), { recursive: true });
      for (let i = 0; i < 24; i++) await paint(join(old(), label, `${i}.png`), (i + 3) * (label === 'a' ? 1 : 5));
    }
    await trainTiny(folder.within('whole'), { changes: changes(), viewThreads: 0 });
    await trainTiny(folder.within('stopped'), { ...stopped, changes: changes(), viewThreads: 0 });
  });

  it('continues where components have gained options since', async () => {
    const run = copy('older');
    const { trainer, ...pipeline } = JSON.parse(readFileSync(join(run, 'pipeline.json'), 'utf8')) as {
      trainer: object;
    };
    replacePipeline(run, { ...pipeline, trainer: { ...trainer, onCollapse: undefined } });
    const hash = (await (await openRun(run)).run.lock()).pipeline;
    const listeners = { observers: [], train: quietly, evaluate: quietly };
    expect((await resumeSession(run, listeners, { backend: 'cpu' })).status).to.equal('finished');
    const checkpoint = (all: Record<string, string>) => all['/step-00000009/weights.safetensors'];
    expect(checkpoint(remains(run))).to.equal(checkpoint(remains(folder.within('whole'))));
    expect((await (await openRun(run)).run.lock()).pipeline).to.equal(hash);
  });

  it('continues to the same bits from the new place', async () => {
    renameSync(old(), place());
    const run = copy('moved');
    expect(await refusal(openRun(run).then(opened => resume(opened)))).to.contain(old());
    const set = [`data.root=${place()}`];
    expect(await resume(await openRun(run, { set }))).to.deep.equal([]);
    const last = (all: Record<string, string>) =>
      Object.entries(all).filter(([name]) => name === 'metrics.jsonl' || name.startsWith('/step-00000009'));
    expect(last(remains(run))).to.deep.equal(last(remains(folder.within('whole'))));
    const { code, stderr } = await carl(['evaluate', run, '--quiet', '--set', ...set]);
    expect(code).to.equal(0);
    expect(stderr).to.not.match(/data|pipeline/);
    const repeat = async (...more: readonly string[]) => carl(['reproduce', run, '--quiet', ...more]);
    expect((await repeat()).stderr).to.contain(old());
    const repeated = await repeat('--set', ...set);
    expect([repeated.code, repeated.stdout]).to.deep.equal([
      0,
      'reproduced: 9 losses and all weights are the same to the last bit\n',
    ]);
  });

  it('is refused where other data lie there, and where anything but a place is set', async () => {
    const other = folder.within('other');
    cpSync(place(), other, { recursive: true });
    await paint(join(other, 'a', '3.png'), 99);
    const set = [`data.root=${other}`];
    const run = copy('refused');
    expect(await refusal(openRun(run, { set }).then(opened => resume(opened)))).to.contain(
      'data train: the content changed',
    );
    expect((await carl(['evaluate', run, '--set', ...set])).stderr).to.contain('data train: the content changed');
    for (const text of ['seed=1', 'data.validation=0.5', 'data.root', 'data=idx', 'trainer.epochs=9'])
      expect(await refusal(openRun(run, { set: [text] }).then(opened => resume(opened)))).to.match(
        /^INPUT_(?:ARGUMENT|PIPELINE|RUN) /,
      );
  });

  it('is compared with its repetition also after the images of another dataset were moved', async () => {
    const [before, after] = [folder.within('others'), folder.within('others-moved')];
    cpSync(place(), before, { recursive: true });
    const { data, plugins } = changes();
    const transfer = { others: { data: { ...data, root: before }, evaluate: ['rankme'] } };
    const run = folder.within('with-others');
    await trainTiny(run, { changes: { plugins, transfer, trainer: { epochs: 1, batchSize: 32 } }, viewThreads: 0 });
    renameSync(before, after);
    const set = [`transfer.others.data.root=${after}`];
    const out = folder.within('with-others-reproduced');
    const original = await RunDirectory.open(run);
    const experiment = await openData(assemble((await openRun(run, { set })).loaded));
    await startRun(experiment, out, { backend: cpu, observers: [], signal: AbortSignal.abort(), viewThreads: 0, source: await original.source() }); // prettier-ignore
    const { code, stdout } = await carl(['reproduce', run, '--quiet', '--set', ...set]);
    expect([code, stdout]).to.deep.equal([0, 'reproduced: 2 losses and all weights are the same to the last bit\n']);
  });

  it('continues over repaired images if that is allowed, and over fewer images never', async () => {
    const run = copy('repaired');
    const set = [`data.root=${place()}`];
    await paint(join(place(), 'b', '7.png'), 77);
    const open = () => openRun(run, { set });
    expect(await refusal(open().then(opened => resume(opened)))).to.contain('--allow-changed-data');
    rmSync(join(place(), 'b', '0.png'));
    const fewer = await refusal(open().then(opened => resume(opened, { changedData: true })));
    expect(fewer).to.contain('data train: had 48 images, has 47');
    await paint(join(place(), 'b', '0.png'), 15);
    await resume(await open(), { changedData: true });
    expect(readFileSync(join(run, 'log.txt'), 'utf8')).to.contain('data train: the content changed');
    expect(await resume(await open())).to.deep.equal([]);
  });
});

describe('the plugins of a run', () => {
  const folder = temporaryFolder();
  const packageFolder = (...path: string[]) => folder.within(...path, 'node_modules', 'of-the-run');
  const foldersOf = ({ loaded }: OpenRun) =>
    loaded.plugins.flatMap(({ name, path }) => (name === 'of-the-run' ? path : []));
  const install = (target: string): void => {
    mkdirSync(target, { recursive: true });
    const manifest = {
      name: 'of-the-run',
      version: '1.0.0',
      type: 'module',
      carl: { api: '^0.1.0', plugin: 'tiny.mjs' },
    };
    writeFileSync(join(target, 'package.json'), JSON.stringify(manifest));
    cpSync(fileURLToPath(new URL('../samples/plugins/tiny.mjs', import.meta.url)), join(target, 'tiny.mjs'));
  };

  before(async () => {
    await onCpu();
    symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), folder.within('node_modules'));
    install(packageFolder('project'));
    const changes = { plugins: [...packages, 'of-the-run'] };
    await trainTiny(folder.within('project', 'run'), { ...stopped, changes, viewThreads: 0 });
  });

  it('are those of its training, whatever lies nearer', async () => {
    install(packageFolder('project', 'run'));
    expect(foldersOf(await openRun(folder.within('project', 'run')))).to.deep.equal([packageFolder('project')]);
    rmSync(folder.within('project', 'run', 'node_modules'), { recursive: true });
  });

  it('are found beside the run once their folder was moved, and any change of their code is reported', async () => {
    renameSync(folder.within('project'), folder.within('moved'));
    appendFileSync(join(packageFolder('moved'), 'tiny.mjs'), '// changed\n');
    const opened = await openRun(folder.within('moved', 'run'));
    expect(foldersOf(opened)).to.deep.equal([packageFolder('moved')]);
    const differences = await resume(opened);
    expect(differences).to.have.length(1);
    expect(differences[0]).to.match(/^plugin of-the-run: its files changed \(version .+ as before\)$/);
    expect(readFileSync(folder.within('moved', 'run', 'log.txt'), 'utf8')).to.contain('plugin of-the-run');
  });
});
