// cspell:ignore epohs evalute
import { CarlError } from '@carl-ssl/core';
import { openRun, readRun, resumeSession, RunDirectory, type SessionListeners } from '@carl-ssl/core/host';
import { expect } from 'chai';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { carl } from './cli.js';
import { onCpu, remains, replacePipeline, temporaryFolder, trainTiny, type TrainingAsk } from './tiny.js';

const constant = { schedule: 'constant', objective: { use: 'carl', entropyWeight: 1 }, evaluate: [] };
const epochs = (count: number, changes: object = {}): TrainingAsk => ({
  changes: { ...constant, trainer: { epochs: count, batchSize: 16 }, ...changes },
});

/** Resumes in this process; returns the lines about the extension. */
async function extend(run: string, set: readonly string[], stopAt?: number): Promise<string[]> {
  const lines: string[] = [];
  const controller = new AbortController();
  const listeners: SessionListeners = {
    observers: [{ onStep: ({ step }) => step === stopAt && controller.abort() }],
    onExtension: told => lines.push(...told),
    train: work => work(controller.signal),
    evaluate: work => work(controller.signal),
  };
  await resumeSession(run, listeners, { set });
  return lines;
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  if (!CarlError.is(error)) throw new Error('nothing was refused', { cause: error });
  return `${error.code} ${error.message}`;
}

/** Losses, and the tensors of the newest checkpoint: all that training has computed. */
function computed(run: string): unknown {
  const { 'metrics.jsonl': metrics, ...files } = remains(run);
  const newest = Object.keys(files).sort().at(-1)!.slice(0, -'/weights.safetensors'.length);
  const steps = metrics.split('\n').filter(line => line.includes('"type":"step"'));
  const tensors = Object.entries(files).filter(
    ([name]) => name.startsWith(newest.slice(0, 14)) && name.endsWith('safetensors'),
  );
  return [steps, Object.fromEntries(tensors)];
}

describe('a finished run that is trained further', () => {
  const folder = temporaryFolder();
  const copy = (from: string, name: string): string => {
    cpSync(folder.within(from), folder.within(name), { recursive: true });
    return folder.within(name);
  };
  const lockOf = (run: string) => JSON.parse(readFileSync(join(run, 'lock.json'), 'utf8')) as Record<string, unknown>;

  before(async () => {
    await onCpu();
    await trainTiny(folder.within('two'), epochs(2));
    await trainTiny(folder.within('four'), epochs(4));
    await trainTiny(folder.within('falling'), epochs(1, { schedule: 'cosine' }));
  });

  it('has the bits of a run of that length under a constant schedule, also if it is interrupted', async () => {
    const run = copy('two', 'extended');
    const lines = await extend(run, ['trainer.epochs=4'], 10);
    expect(lines).to.deep.equal([
      'extended from 2 to 4 epochs, from step 9 on',
      'schedule `constant`: the learning rates so far are those of a training of 4 epochs',
    ]);
    expect(await extend(run, ['trainer.epochs=4'])).to.deep.equal([]);
    expect(computed(run)).to.deep.equal(computed(folder.within('four')));
    expect(Object.keys((computed(run) as object[])[1])).to.include('/step-00000016/optimizer.safetensors');
  });

  it('records the extension in lock, pipeline and log, and keeps earlier results', async () => {
    const run = copy('two', 'recorded');
    const before = lockOf(run);
    const results = { format: 1, step: 8, results: [], trained: [], untrained: [], pixels: [], chance: {} };
    writeFileSync(join(run, 'results.json'), JSON.stringify(results));
    await extend(run, ['trainer.epochs=3']);
    const { pipeline, changes } = lockOf(run) as { pipeline: string; changes: Record<string, unknown>[] };
    expect(changes).to.have.length(1);
    expect(changes[0]).to.deep.include({ kind: 'epochs', step: 8, from: 2, to: 3, pipeline: before.pipeline });
    expect(pipeline).to.not.equal(before.pipeline);
    expect((await readRun(run)).pipeline.trainer.epochs).to.equal(3);
    expect(readFileSync(join(run, 'log.txt'), 'utf8')).to.contain('extended from 2 to 3 epochs');
    expect(existsSync(join(run, 'results.json'))).to.equal(false);
    expect(JSON.parse(readFileSync(join(run, 'results-2-epochs.json'), 'utf8'))).to.deep.equal(results);
  });

  it('says what becomes of the learning rate under a schedule that depends on the length', async () => {
    const run = copy('falling', 'cosine');
    const [, rate] = await extend(run, ['trainer.epochs=2']);
    const [, last, next] = /learning rate was (\S+) in step 4 and is (\S+) in the next one, as in/.exec(rate)!;
    expect(rate).to.contain('as in a training of 2 epochs. The steps before had those of epochs = 1, so');
    const rates: number[] = [];
    for await (const line of (await readRun(run)).metrics.of('step')) rates.push(line.learningRate);
    expect([rates[3], rates[4]].map(value => Number(value.toPrecision(3)))).to.deep.equal([last, next].map(Number));
    expect(rates[4]).to.be.greaterThan(rates[3]);
  });

  it('lists the options that change over the training', async () => {
    const changes = { objective: { use: 'carl', entropyWeight: { from: 5, to: 1 } } };
    await trainTiny(folder.within('changing'), epochs(1, changes));
    const lines = await extend(folder.within('changing'), ['trainer.epochs=2']);
    expect(lines.at(-1)).to.equal('these options follow the new length from here on: objective.entropyWeight');
  });

  it('refuses a run that is not finished, fewer epochs, and values that are no number of epochs', async () => {
    const stopped = folder.within('stopped');
    const observer: TrainingAsk['observer'] = abort => ({ onStep: ({ step }) => step === 3 && abort() });
    await trainTiny(stopped, { ...epochs(2), observer });
    const before = lockOf(stopped);
    expect(await refusal(extend(stopped, ['trainer.epochs=4']))).to.contain(
      `INPUT_RUN ${stopped} is not finished: it is at step 4 of 8. Only a finished run can be trained further.`,
    );
    expect(lockOf(stopped)).to.deep.equal(before);
    const run = folder.within('two');
    expect(await refusal(extend(run, ['trainer.epochs=1']))).to.contain('can be trained further, not less far');
    for (const value of ['', '2.5', '0', '-4', 'x', '1e9', '[4]'])
      expect(await refusal(extend(run, [`trainer.epochs=${value}`]))).to.contain('INPUT_ARGUMENT');
    for (const set of ['trainer.batchSize=8', 'seed=3', 'trainer={ epochs: 4 }', 'observers=[csv]', 'trainer.epochs'])
      expect(await refusal(extend(run, [set]))).to.contain('only a path of its data can be set');
    for (const set of ['trainer.epohs=4', 'epochs=4'])
      expect(await refusal(extend(run, [set]))).to.contain(`--set ${set}: Did you mean \`trainer.epochs\`? Of a run`);
    expect(await refusal(extend(run, ['trainer.batchSize=8']))).to.not.contain('Did you mean');
    expect(await refusal(openRun(run, { set: ['trainer.epohs=4'] }))).to.not.contain('Did you mean');
    expect(await refusal(openRun(run, { set: ['evalute=[knn]'], evaluation: true }))).to.contain(
      '--set evalute=[knn]: Did you mean `evaluate`? Of a run',
    );
    expect(lockOf(run).changes).to.equal(undefined);
  });

  it('names the paths of its data, which can be set', async () => {
    const run = copy('two', 'paths');
    const pipeline = JSON.parse(readFileSync(join(run, 'pipeline.json'), 'utf8')) as object;
    const split = (root: string) => ({ use: 'image-folder', root });
    replacePipeline(run, { ...pipeline, data: { use: 'files', train: split('/a'), test: split('/b') } });
    expect(await refusal(openRun(run, { set: ['data.root=/x'] }))).to.contain(
      'for example --set data.train.root=/new/place (its paths: `data.train.root` and `data.test.root`).',
    );
  });

  it('stays as it is if its checkpoint is damaged, and is not trained from a checkpoint before the extension', async () => {
    const run = copy('two', 'damaged');
    const before = lockOf(run);
    const metrics = readFileSync(join(run, 'metrics.jsonl'));
    writeFileSync(join(run, 'metrics.jsonl'), metrics.subarray(0, 100));
    expect(await refusal(extend(run, ['trainer.epochs=3']))).to.contain('metrics.jsonl');
    expect(lockOf(run)).to.deep.equal(before);
    writeFileSync(join(run, 'metrics.jsonl'), metrics);
    await extend(run, ['trainer.epochs=3']);
    for (const step of readdirSync(join(run, 'checkpoints')))
      if (step !== 'step-00000004') rmSync(join(run, 'checkpoints', step), { recursive: true });
    expect(await refusal(extend(run, []))).to.contain('was extended from 2 to 3 epochs after step 8');
  });

  it('is what its lock says after a kill between the two files of an extension', async () => {
    const run = copy('two', 'killed');
    const pipeline = readFileSync(join(run, 'pipeline.json'));
    await extend(run, ['trainer.epochs=4'], 9);
    writeFileSync(join(run, 'pipeline.json'), pipeline);
    expect((await openRun(run)).loaded.pipeline.trainer.epochs).to.equal(4);
    await extend(run, []);
    expect(computed(run)).to.deep.equal(computed(folder.within('four')));
    expect(readFileSync(join(run, 'pipeline.json'), 'utf8')).to.equal(
      readFileSync(join(folder.within('four'), 'pipeline.json'), 'utf8'),
    );
  });

  it('refuses a damaged list of changes, an edited number of epochs and checkpoints of other runs', async () => {
    const run = copy('extended', 'edited');
    const lock = lockOf(run) as { changes: object[] };
    for (const changes of [5, [null], [{ kind: 'epochs' }], [{ ...lock.changes[0], to: 'x' }]]) {
      writeFileSync(join(run, 'lock.json'), JSON.stringify({ ...lock, changes }));
      expect(await refusal(openRun(run))).to.contain('it is not a lock that this version writes');
    }
    writeFileSync(join(run, 'lock.json'), JSON.stringify({ ...lock, changes: [] }));
    rmSync(join(run, 'checkpoints', 'step-00000016'), { recursive: true });
    cpSync(join(folder.within('two'), 'checkpoints'), join(run, 'checkpoints'), { recursive: true });
    for (const name of readdirSync(join(run, 'checkpoints')))
      if (name !== 'step-00000008') rmSync(join(run, 'checkpoints', name), { recursive: true });
    expect(await refusal(extend(run, []))).to.contain('of a run with another pipeline or seed');
    const text = readFileSync(join(run, 'pipeline.json'), 'utf8');
    writeFileSync(join(run, 'pipeline.json'), text.replace('"epochs": 4', '"epochs": 9'));
    expect(await refusal(openRun(run))).to.contain('was changed after training began');
  });

  it('is reproduced in the same stages, also if it was extended twice and the repetition was interrupted', async () => {
    const run = copy('falling', 'twice');
    await extend(run, ['trainer.epochs=2']);
    await extend(run, ['trainer.epochs=3']);
    const out = folder.within('again');
    // A repetition that ended after its first stage.
    cpSync(folder.within('falling'), out, { recursive: true });
    const first = await carl(['reproduce', run, '--out', out, '--quiet']);
    expect([first.code, first.stdout]).to.deep.equal([
      0,
      'reproduced: 12 losses and all weights are the same to the last bit\n',
    ]);
    expect((await (await RunDirectory.open(out)).lock()).changes!.map(({ step }) => step)).to.deep.equal([4, 8]);
    const other = await carl(['reproduce', run, '--out', folder.within('four'), '--quiet']);
    expect([other.code, other.stderr.includes('already exists')]).to.deep.equal([2, true]);
  });
});
