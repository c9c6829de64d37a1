import {
  evaluateSession,
  type EvaluationChoice,
  type EvaluationSessionListeners,
  readRun,
  RunDirectory,
  type Results,
} from '@carl-ssl/core/host';
import {
  chosenCheckpoint,
  earlierResults,
  noStore,
  readCheckpoint,
  withResultsLock,
  withTrainingLock,
} from '@carl-ssl/core/testing';
import { expect } from 'chai';
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { refusal } from '../refusal.js';
import { evaluated, taught } from './evaluating.js';
import { replacePipeline, reseal, onCpu, temporaryFolder, trainTiny } from './tiny.js';

/** Evaluations of a run in this process, with what they report. */
interface Outcome {
  readonly results: Results;
  readonly file?: string;
  readonly kept: number;
  readonly differences: readonly string[];
  readonly rounding: readonly string[];
  readonly draft?: string;
  readonly ran: readonly string[];
}

async function evaluate(
  path: string,
  choice: EvaluationChoice = {},
  changes: Partial<EvaluationSessionListeners> = {},
): Promise<Outcome> {
  const seen = {
    kept: 0,
    differences: [] as readonly string[],
    rounding: [] as readonly string[],
    ran: [] as string[],
  };
  const session = await evaluateSession(path, choice, {
    observers: [
      {
        onEvaluation: ({ status, evaluator, subject }) => {
          if (status !== 'running') seen.ran.push(`${evaluator}: ${subject}`);
        },
      },
    ],
    onObserverFailure: message => expect.fail(message),
    onWarnings: () => undefined,
    onDifferences: () => undefined,
    onEarlier: ({ kept, differences, rounding, draft }) => Object.assign(seen, { kept, differences, rounding, draft }),
    evaluate: work => work(new AbortController().signal),
    ...changes,
  });
  return { ...session, ...seen };
}

describe('other evaluations of a run', () => {
  const folder = temporaryFolder();
  let run: string;
  before(onCpu);
  before(async () => {
    run = folder.within('run');
    const changes = evaluated({
      ...taught,
      trainer: { epochs: 3, batchSize: 16, keepCheckpoints: 3 },
      evaluate: [{ use: 'knn', k: 5 }, 'rankme'],
    });
    await trainTiny(run, { changes });
    await evaluate(run);
  });

  const own = () => readFileSync(join(run, 'results.json'), 'utf8');
  const others = () => (existsSync(join(run, 'evaluations')) ? readdirSync(join(run, 'evaluations')) : []);

  it('go beside its own results, in a file that names checkpoint, network and evaluators', async () => {
    const before = own();
    const metrics = readFileSync(join(run, 'metrics.jsonl'), 'utf8');
    const set = ['evaluate=[{ use: knn, k: 3 }]'];
    const found = [
      await evaluate(run, { checkpoint: '8' }),
      await evaluate(run, { network: 'teacher' }),
      await evaluate(run, { set }),
      await evaluate(run, { set: ['evaluation.baselines=[]'] }),
      await evaluate(run, { checkpoint: '4', network: 'teacher', set }),
    ];
    expect(own()).to.equal(before);
    expect(readFileSync(join(run, 'metrics.jsonl'), 'utf8')).to.equal(metrics);
    expect(
      found.map(({ results: { step, network, evaluators } }) => [step, network, evaluators!.map(({ use }) => use)]),
    ).to.deep.equal([
      [8, 'student', ['knn', 'rankme']],
      [12, 'teacher', ['knn', 'rankme']],
      [12, 'student', ['knn']],
      [12, 'student', ['knn', 'rankme']],
      [4, 'teacher', ['knn']],
    ]);
    expect(
      others()
        .map(name => name.replace(/-[0-9a-f]{8}\.json$/, ''))
        .sort(),
    ).to.deep.equal([
      'step-00000004-teacher-knn',
      'step-00000008-student-knn-rankme',
      'step-00000012-student-knn',
      'step-00000012-student-knn-rankme',
      'step-00000012-teacher-knn-rankme',
    ]);
    for (const { file, results } of found) expect(JSON.parse(readFileSync(file!, 'utf8'))).to.deep.equal(results);
    expect(found[2].results.trained[0].metric).to.equal('knn3@t0.1');
    expect(found[0].results.trained).to.not.deep.equal(found[1].results.trained);
  });

  it('take a checkpoint by its folder, also a copy, but not one of another run or seed', async () => {
    const copy = folder.within('step-00000004');
    cpSync(join(run, 'checkpoints/step-00000004'), copy, { recursive: true });
    const { results } = await evaluate(run, { checkpoint: copy });
    expect([results.step, results.checkpoint]).to.deep.equal([4, copy]);
    expect(results.trained).to.deep.equal((await evaluate(run, { checkpoint: '4' })).results.trained);
    reseal(copy, { pipeline: 'of another run' });
    const error = await refusal(evaluate(run, { checkpoint: copy }));
    expect([error.code, error.message]).to.deep.equal(['INPUT_ARGUMENT', error.message]);
    expect(error.message).to.contain(`it is a checkpoint of another run than ${run}`);
    expect((await refusal(evaluate(run, { checkpoint: '5' }))).message).to.contain('It has: 4, 8, 12.');
    expect((await refusal(evaluate(run, { checkpoint: run }))).message).to.contain('it has no checkpoint.json');
  });

  it('measure it on other images, which need not be known at its training', async () => {
    const { data } = JSON.parse(readFileSync(join(run, 'pipeline.json'), 'utf8')) as { data: object };
    const set = [
      'evaluate=[rankme]',
      `transfer=${JSON.stringify({ others: { data, evaluate: [{ use: 'knn', k: 5 }] } })}`,
    ];
    const before = own();
    const { results } = await evaluate(run, { set });
    expect(own()).to.equal(before);
    const onTest = (name: string, { trained }: Results) =>
      trained.find(({ metric, split }) => metric === name && split === 'test')!.value;
    expect(onTest('others/knn5@t0.1', results)).to.equal(onTest('knn5@t0.1', JSON.parse(before) as Results));
  });

  it('refuse to change what was trained, and report misspelt evaluators as errors of the argument', async () => {
    const error = await refusal(evaluate(run, { set: ['encoder.width=3'] }));
    expect(error.message).to.contain(
      'only `evaluate`, `evaluation`, `transfer`, `augmenter.evaluation` and a path of its data can be set',
    );
    expect((await refusal(evaluate(run, { set: ['transfer.others.data.root=/new'] }))).message).to.contain('only `evaluate`'); // prettier-ignore
    expect((await refusal(evaluate(run, { set: ['evaluate=[kn]'] }))).message).to.match(
      /^--set.* There is no evaluator `kn`/,
    );
  });

  it('of a run that is not finished are not its own results', async () => {
    const unfinished = folder.within('unfinished');
    cpSync(run, unfinished, { recursive: true });
    for (const name of ['results.json', 'checkpoints/step-00000012'])
      rmSync(join(unfinished, name), { recursive: true });
    const { results, file } = await evaluate(unfinished);
    expect(results.step).to.equal(8);
    expect(file).to.match(/evaluations.step-00000008-/);
    expect((await readRun(unfinished)).results).to.equal(undefined);
  });

  it('are written beside while another process trains the run, and refused while one evaluates it', async () => {
    const directory = await RunDirectory.open(run);
    const before = own();
    const { file } = await withTrainingLock(directory, () => evaluate(run));
    expect(file).to.match(/evaluations.step-00000012-student-knn-rankme-/);
    expect(own()).to.equal(before);
    const error = await withTrainingLock(directory, () => refusal(evaluate(run)), 'evaluation');
    expect(error.message).to.contain(`${run} is being evaluated by the process ${process.pid}`);
    const same = await withResultsLock(file!, () =>
      refusal(evaluate(run, { checkpoint: '12', set: ['evaluation.baselines=auto'] })),
    );
    expect(same.message).to.contain('is being evaluated by');
    expect(
      readdirSync(run)
        .concat(others())
        .filter(name => /claim|training/.test(name)),
    ).to.deep.equal([]);
  });

  it('go to a file that is named, unless that has something else', async () => {
    const out = folder.within('new', 'results.json');
    const { results } = await evaluate(run, { out });
    expect(JSON.parse(readFileSync(out, 'utf8'))).to.deep.equal(results);
    const again = await evaluate(run, { out });
    expect([again.kept, again.ran]).to.deep.equal([results.status.length, []]);
    const error = await refusal(evaluate(run, { out, checkpoint: '4' }));
    expect(error.message).to.contain('this file has results of another evaluation (other weights)');
    const lock = readFileSync(join(run, 'lock.json'), 'utf8');
    expect((await refusal(evaluate(run, { out: join(run, 'lock.json') }))).message).to.contain(
      'is not a file of results',
    );
    expect(readFileSync(join(run, 'lock.json'), 'utf8')).to.equal(lock);
    const own = await refusal(evaluate(run, { out: join(run, 'results.json'), set: ['evaluation.baselines=[]'] }));
    expect(own.message).to.contain("for the run's own results");
  });

  it('are of a newer checkpoint if the training removes the newest before it is read', async () => {
    const moving = folder.within('moving');
    cpSync(run, moving, { recursive: true });
    const newest = join(moving, 'checkpoints/step-00000012');
    renameSync(newest, folder.within('hidden'));
    const directory = await RunDirectory.open(moving);
    const chosen = await chosenCheckpoint(directory);
    expect(chosen.step).to.equal(8);
    renameSync(folder.within('hidden'), newest);
    rmSync(join(moving, 'checkpoints/step-00000008'), { recursive: true });
    expect((await readCheckpoint(directory, chosen)).step).to.equal(12);
    const asked = { ...chosen, isNewest: false };
    expect((await refusal(readCheckpoint(directory, asked))).message).to.contain('step-00000008');
  });
});

describe('an evaluation that is repeated', () => {
  const folder = temporaryFolder();
  let run: string;
  let first: Results;
  before(onCpu);
  before(async () => {
    run = folder.within('run');
    await trainTiny(run, {
      changes: evaluated({ evaluate: [{ use: 'knn', k: 5 }, 'rankme'], evaluation: { baselines: ['pixels'] } }),
    });
    first = (await evaluate(run)).results;
  });

  const file = () => join(run, 'results.json');
  const stored = () => JSON.parse(readFileSync(file(), 'utf8')) as Results;
  const store = (results: object) => writeFileSync(file(), JSON.stringify(results));

  /** Evaluates until as many evaluators have finished. */
  const interruptedAfter = async (count: number, changes: Partial<EvaluationSessionListeners> = {}) => {
    const controller = new AbortController();
    let done = 0;
    const observers = [
      {
        onEvaluation: ({ status }: { status: string }) => {
          if (status === 'done' && ++done === count) controller.abort();
        },
      },
    ];
    return evaluate(run, {}, { ...changes, observers, evaluate: work => work(controller.signal) });
  };

  it('keeps everything, and computes everything again if asked to, with the same figures', async () => {
    const time = statSync(join(run, 'checkpoints')).mtimeMs;
    const second = await evaluate(run);
    expect([second.ran, second.kept]).to.deep.equal([[], first.status.length]);
    expect(second.results).to.deep.equal(first);
    const third = await evaluate(run, {}, { recompute: true });
    expect(third.ran.length).to.equal(first.status.length);
    expect(third.results).to.deep.equal(first);
    expect(statSync(join(run, 'checkpoints')).mtimeMs).to.equal(time);
  });

  it('works for a run of an earlier version, whose evaluators had fewer options', async () => {
    const old = folder.within('earlier');
    cpSync(run, old, { recursive: true });
    const pipeline = JSON.parse(readFileSync(join(old, 'pipeline.json'), 'utf8')) as { evaluate: object[] };
    replacePipeline(old, { ...pipeline, evaluate: [{ use: 'knn', k: 5 }, ...pipeline.evaluate.slice(1)] });
    expect((await evaluate(old)).results.trained).to.deep.equal(first.trained);
  });

  it('leaves its lines in the metrics when the finished run is resumed, but no line that was cut off', async () => {
    const metrics = readFileSync(join(run, 'metrics.jsonl'), 'utf8');
    expect(metrics).to.contain('"type":"evaluation"');
    appendFileSync(join(run, 'metrics.jsonl'), '{"v":1,"ty');
    await trainTiny(run, {
      changes: evaluated({ evaluate: [{ use: 'knn', k: 5 }, 'rankme'], evaluation: { baselines: ['pixels'] } }),
    });
    expect(readFileSync(join(run, 'metrics.jsonl'), 'utf8')).to.equal(metrics);
  });

  it('computes what is missing after an interruption: the results are those of one evaluation', async () => {
    for (let stop = 1; stop < first.status.length; stop += 2) {
      rmSync(file());
      const { results } = await interruptedAfter(stop);
      expect(results.status.filter(({ status }) => status === 'done').length).to.equal(stop);
      const rest = await evaluate(run);
      expect([rest.kept, rest.ran.length]).to.deep.equal([stop, first.status.length - stop]);
      expect(rest.results).to.deep.equal(first);
    }
  });

  it('computes an evaluator that failed, or whose figure is not finite, again', async () => {
    const [one, ...others] = first.status;
    store({
      ...first,
      status: [{ ...one, status: 'failed', figures: undefined, reason: 'x' }, ...others],
      trained: first.trained.slice(one.figures),
    });
    expect((await evaluate(run)).ran).to.deep.equal(['knn: trained encoder']);
    expect(stored()).to.deep.equal(JSON.parse(JSON.stringify(first)));
    store({ ...first, pixels: first.pixels.with(0, { ...first.pixels[0], value: null as never }) });
    expect((await evaluate(run)).ran).to.deep.equal(['knn: raw pixels']);
    expect(stored()).to.deep.equal(JSON.parse(JSON.stringify(first)));
  });

  type Change = (basis: { weights: string; lock: Record<string, unknown> }) => object;
  const changes: Readonly<Record<string, Change>> = {
    weights: basis => ({ ...basis, weights: 'others' }),
    'data test': ({ lock, ...basis }) => ({
      ...basis,
      lock: { ...lock, data: { ...(lock.data as object), test: { images: 64, sha256: 'x' } } },
    }),
    backend: ({ lock, ...basis }) => ({
      ...basis,
      lock: { ...lock, backend: { name: 'wasm', versions: {}, threads: 2, flags: {} } },
    }),
    'Node.js': ({ lock, ...basis }) => ({ ...basis, lock: { ...lock, versions: { node: '1', tfjs: '1' } } }),
    'plugin @carl-ssl/evaluate': ({ lock, ...basis }) => ({
      ...basis,
      lock: {
        ...lock,
        plugins: (lock.plugins as { name: string }[]).map(one =>
          one.name === '@carl-ssl/evaluate' ? { ...one, integrity: 'x' } : one,
        ),
      },
    }),
    pipeline: ({ lock, ...basis }) => ({ ...basis, lock: { ...lock, pipeline: 'another augmenter' } }),
    'evaluate.0.k': basis => basis,
  };
  for (const [name, change] of Object.entries(changes))
    it(`computes everything again where this changed: ${name}`, async () => {
      const evaluators =
        name === 'evaluate.0.k' ? [{ ...first.evaluators![0], k: 7 }, ...first.evaluators!.slice(1)] : first.evaluators;
      store({ ...first, evaluators, basis: change(structuredClone(first.basis) as never) });
      const { kept, ran, differences } = await evaluate(run);
      expect([kept, ran.length]).to.deep.equal([0, first.status.length]);
      expect(differences.join('\n')).to.match(new RegExp(`^${name}: `, 'm'));
      expect(stored()).to.deep.equal(JSON.parse(JSON.stringify(first)));
    });

  it('keeps everything where only the number of threads changed, which changes figures by rounding', async () => {
    const basis = structuredClone(first.basis) as { lock: { backend: { threads: number } } };
    const { threads } = basis.lock.backend;
    basis.lock.backend.threads = threads + 1;
    store({ ...first, basis });
    const { kept, ran, differences, rounding } = await evaluate(run);
    expect([kept, ran, differences]).to.deep.equal([first.status.length, [], []]);
    expect(rounding).to.deep.equal([`backend threads: was ${threads + 1}, is ${threads}`]);
    expect(stored()).to.deep.equal(JSON.parse(JSON.stringify(first)));
  });

  const others = (): object => ({
    ...first,
    trained: first.trained.map(one => ({ ...one, value: 0.125 })),
    basis: { ...first.basis, weights: 'others' },
  });
  const partial = () => `${file()}.partial`;

  for (const [name, earlier, changes] of [
    ['of other weights', others, {}],
    ['that are asked for again', () => first, { recompute: true }],
  ] as const)
    it(`loses no results ${name} by an interruption, and no new ones`, async () => {
      const before = earlier();
      store(before);
      const stopped = await interruptedAfter(2, changes);
      expect([stopped.file, stopped.draft ?? partial()]).to.deep.equal([partial(), partial()]);
      expect(stored()).to.deep.equal(JSON.parse(JSON.stringify(before)));
      expect((JSON.parse(readFileSync(partial(), 'utf8')) as Results).trained).to.deep.equal(first.trained);
      const rest = await evaluate(run);
      expect([rest.kept, rest.ran.length, rest.file]).to.deep.equal([2, first.status.length - 2, file()]);
      expect(stored()).to.deep.equal(JSON.parse(JSON.stringify(first)));
      expect(existsSync(partial())).to.equal(false);
    });

  it('starts a draft of another state again, and then removes it', async () => {
    store(others());
    writeFileSync(partial(), JSON.stringify({ ...first, basis: { ...first.basis, weights: 'third' } }));
    expect((await evaluate(run)).kept).to.equal(0);
    expect([stored().basis!.weights, existsSync(partial())]).to.deep.equal([first.basis!.weights, false]);
  });

  it('keeps earlier figures of an evaluator that fails now, and those of the first format until all are new', async () => {
    const now = { ...first, basis: { ...first.basis!, weights: 'now' } };
    const [one, ...rest] = now.status;
    const isReplaced = async (before: Results, changed: Results['status'][number]) => {
      let replaced = false;
      const store = { ...noStore, read: () => Promise.resolve(before), write: async () => void (replaced = true) };
      const { write } = await earlierResults(now, { store }, {} as never);
      await write({ ...now, status: [changed, ...rest] });
      return replaced;
    };
    const failed = { ...one, status: 'failed', reason: 'x' } as const;
    const hadFailed = { ...first, status: [failed, ...rest], trained: first.trained.slice(one.figures) };
    const { basis: _, ...old } = { ...first, status: [] };
    expect([
      await isReplaced(first, failed),
      await isReplaced(hadFailed, failed),
      await isReplaced(old, { ...one, status: 'pending' }),
      await isReplaced(old, one),
    ]).to.deep.equal([false, true, false, true]);
  });

  it('replaces results that are damaged, or of an earlier version', async () => {
    const { basis: _, ...old } = first;
    for (const content of [
      '{',
      JSON.stringify({ ...first, status: [{}] }),
      JSON.stringify({ ...first, basis: { lock: 1 } }),
      JSON.stringify({ ...first, basis: { weights: '', files: {}, lock: {} } }),
      JSON.stringify(old),
    ]) {
      writeFileSync(file(), content);
      expect((await evaluate(run)).kept, content.slice(0, 40)).to.equal(0);
      expect(stored()).to.deep.equal(JSON.parse(JSON.stringify(first)));
    }
  });
});
