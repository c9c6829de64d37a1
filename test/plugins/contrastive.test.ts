import { type Assigner, normalizeRows, type Objective, type Pass } from '@carl-ssl/core';
import { expect } from 'chai';
import { runWorkers } from '@carl-ssl/core/testing';
import contrastive from '@carl-ssl/contrastive';
import swav from '@carl-ssl/swav';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { onCpuInScope } from '../cpu-scope.js';
import {
  contextAt,
  freshState,
  inputsOf,
  lossAndGradients,
  noise,
  number,
  rows,
  workbench,
} from './objective-support.js';

const bench = workbench(contrastive, swav);
const objective = (use: string, options = {}): Objective => bench.make('objective', { use, ...options });
const assigner = (use: string, options = {}): Assigner => bench.make('assigner', { use, ...options });
const noPass = {} as Pass;

const [BATCH, DIM] = [6, 4];
const views = (count = 2, name = 'view'): Tensor2D[] =>
  Array.from({ length: count }, (_, i) => noise(`${name} ${i}`, BATCH, DIM));
const unit = (tensor: Tensor2D): number[][] => rows(normalizeRows(tensor));
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const logSum = (values: readonly number[]): number => Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0));
const pairs = <T>(all: readonly T[]): [T, T][] => all.flatMap((a, i) => all.slice(i + 1).map((b): [T, T] => [a, b]));

/** NT-Xent of two views by its definition. */
function ntXentOf([a, b]: readonly [number[][], number[][]], temperature: number): number {
  const samples = [...a, ...b];
  return mean(
    samples.map((one, i) => {
      const partner = samples[(i + a.length) % samples.length];
      const rest = samples.filter((_, j) => j !== i).map(other => dot(one, other) / temperature);
      return logSum(rest) - dot(one, partner) / temperature;
    }),
  );
}

/** DCL of two views by its definition: no partner among the others. */
function dclOf([a, b]: readonly number[][][], temperature: number): number {
  const direction = (x: number[][], y: number[][]) =>
    mean(
      x.map((one, i) => {
        const others = [...x, ...y].filter((_, j) => j % x.length !== i).map(other => dot(one, other) / temperature);
        return logSum(others) - dot(one, y[i]) / temperature;
      }),
    );
  return (direction(a, b) + direction(b, a)) / 2;
}

describe('contrastive objectives', () => {
  let before = 0;
  beforeEach(async () => {
    await tf.setBackend('cpu');
    before = tf.memory().numTensors;
    tf.engine().startScope();
  });
  afterEach(() => {
    tf.engine().endScope();
    expect(tf.memory().numTensors).to.equal(before);
  });

  it('nt-xent over three views is the mean over all pairs of its definition', () => {
    const all = views(3);
    const expected = mean(pairs(all.map(unit)).map(pair => ntXentOf(pair, 0.3)));
    const { loss } = objective('nt-xent', { temperature: 0.3 }).compute(inputsOf(all), contextAt());
    expect(number(loss)).to.be.closeTo(expected, 1e-5);
  });

  it('dcl leaves the partner out of the denominator', () => {
    const { loss } = objective('dcl', { temperature: 0.2 }).compute(inputsOf(views()), contextAt());
    expect(number(loss)).to.be.closeTo(dclOf(views().map(unit), 0.2), 1e-5);
  });

  it('dcl compares batches of thousands some rows at a time', () => {
    const many = ['a', 'b'].map(name => noise(name, 1030, DIM));
    const { compute, matrices } = objective('dcl', { temperature: 0.2 });
    expect(number(compute(inputsOf(many), contextAt()).loss)).to.be.closeTo(dclOf(many.map(unit), 0.2), 1e-4);
    const [{ rows, columns }] = matrices!({ batchSize: 1030, views: 2, width: DIM });
    expect(rows)
      .to.be.lessThan(columns)
      .and.to.equal(Math.floor(2 ** 22 / columns));
  });

  it('macl with alpha 0 has the gradient of nt-xent, each sample weighted by 1 / (1 - P)', () => {
    const all = views();
    const [a, b] = all.map(unit);
    const samples = [...a, ...b];
    const terms = samples.map((one, i) => {
      const scores = samples.map((other, j) => (i === j ? -Infinity : dot(one, other) / 0.2));
      const logP = scores[(i + BATCH) % (2 * BATCH)] - logSum(scores);
      return -logP / (1 - Math.exp(logP));
    });
    const { loss, parts } = objective('macl', { temperature: 0.2, alpha: 0 }).compute(inputsOf(all), contextAt());
    expect(number(loss)).to.be.closeTo(mean(terms), 1e-5);
    expect(number(parts.temperature)).to.be.closeTo(0.2, 1e-7);
  });

  it('macl warms up with the alignment of partners', () => {
    const [a] = views();
    const { parts } = objective('macl', { temperature: 0.1, alpha: 0.5 }).compute(inputsOf([a, a]), contextAt());
    expect(number(parts.temperature)).to.be.closeTo(0.15, 1e-6);
  });

  it('info-nce among the batch has its key on the diagonal, and no state', () => {
    const [queries, keys] = [views(), views(2, 'teacher')];
    const info = objective('info-nce', { negatives: 'batch', symmetric: true, temperature: 0.2 });
    const direction = (q: number[][], k: number[][]) =>
      mean(q.map((one, i) => logSum(k.map(key => dot(one, key) / 0.2)) - dot(one, k[i]) / 0.2));
    const [q, k] = [queries.map(unit), keys.map(unit)];
    const { loss, nextState } = info.compute(inputsOf(queries, { targets: keys }), contextAt());
    expect(number(loss)).to.be.closeTo((direction(q[0], k[1]) + direction(q[1], k[0])) / 2, 1e-5);
    expect(nextState).to.equal(undefined);
    expect(info.state({ batchSize: BATCH, views: 2, width: DIM })).to.deep.equal([]);
  });

  it('a queue holds the newest keys: rows are overwritten in turn and what does not fit is dropped', () => {
    const info = objective('info-nce', { queueSize: 14, temperature: 0.2 });
    let tensors: Record<string, Tensor> = freshState(info, { batchSize: BATCH, views: 2, width: DIM });
    const pointers: number[] = [];
    for (let step = 0; step < 4; step++) {
      const [first, ...rest] = views(2, `key ${step}`);
      const old = rows(tensors.queue);
      const { nextState } = info.compute(inputsOf(views(), { targets: [first, ...rest], tensors }), contextAt(step));
      const start = [0, 6, 12, 0][step];
      const expected = old.map((row, i) => unit(rest[0])[i - start] ?? row);
      rows(nextState!.queue).forEach((row, i) =>
        row.forEach((value, d) => expect(value).to.be.closeTo(expected[i][d], 1e-6)),
      );
      pointers.push(number(nextState!.pointer));
      expect(nextState!.pointer.dtype).to.equal('int32');
      tensors = { ...nextState };
    }
    expect(pointers).to.deep.equal([6, 12, 0, 6]);
  });

  it('a symmetric queue takes the keys of all directions', () => {
    const info = objective('info-nce', { queueSize: 24, symmetric: true });
    const tensors = freshState(info, { batchSize: BATCH, views: 2, width: DIM });
    const { nextState } = info.compute(inputsOf(views(), { targets: views(2, 'teacher'), tensors }), contextAt());
    expect(number(nextState!.pointer)).to.equal(12);
  });

  for (const use of ['info-nce', 'ressl'])
    it(`a queue of ${use} takes each global view once, however many views learn from it`, () => {
      const made = objective(use, { queueSize: 24, symmetric: true });
      for (const global of [1, 2, 3]) {
        const tensors = freshState(made, { batchSize: BATCH, views: 8, width: DIM });
        const targets = views(global, 'teacher');
        const { nextState } = made.compute(inputsOf(views(8), { targets, tensors }), contextAt());
        expect(number(nextState!.pointer)).to.equal(global * BATCH);
        const kept = rows(nextState!.queue).map(String);
        expect(new Set(kept).size).to.equal(24);
        expect(kept.slice(0, global * BATCH)).to.deep.equal(targets.flatMap(unit).map(String));
      }
    });

  it('with one global view and symmetric, every other view learns from it', () => {
    const [key] = views(1, 'teacher');
    const info = objective('info-nce', { negatives: 'batch', symmetric: true, temperature: 0.2 });
    const loss = (all: Tensor2D[]) => number(info.compute(inputsOf(all, { targets: [key] }), contextAt()).loss);
    const [first, ...others] = views(4);
    expect(loss([first, ...others])).to.be.closeTo(mean(others.map(view => loss([first, view]))), 1e-5);
  });

  it('the queue starts with random unit rows that follow from the seed', () => {
    const fresh = () => freshState(objective('info-nce', { queueSize: 50 }), { batchSize: 2, views: 2, width: 8 });
    const [a, b] = [fresh(), fresh()];
    const lengths = rows(a.queue).map(row => Math.hypot(...row));
    lengths.forEach(length => expect(length).to.be.closeTo(1, 1e-6));
    expect(rows(a.queue)).to.deep.equal(rows(b.queue));
    expect(new Set(rows(a.queue).map(String)).size).to.equal(50);
  });

  it('nnclr finds a neighbour that is in the bank and never differentiates it', () => {
    const nnclr = objective('nnclr', { queueSize: 12 });
    const targets = views(2, 'target');
    const bank = tf.concat([normalizeRows(targets[1]), normalizeRows(noise('others', 6, DIM))]);
    const tensors = { bank, pointer: tf.scalar(6, 'int32') };
    const compute = () => nnclr.compute(inputsOf(views(), { targets, tensors }), contextAt());
    const { details, nextState } = compute();
    expect([...details!['neighbour.1'].dataSync()]).to.deep.equal([0, 1, 2, 3, 4, 5]);
    expect(rows(nextState!.bank).slice(6)).to.deep.equal(unit(targets[0]));
    const { gradients } = lossAndGradients([...targets, bank as Tensor2D], () => compute().loss);
    gradients.forEach(gradient => expect(gradient.every(value => value === 0)).to.equal(true));
  });

  it('ressl on the assignments of a queue is ressl with a queue of its own', () => {
    const [student, teacher] = [views(), views(2, 'teacher')];
    const whole = objective('ressl', { queueSize: 12 });
    const tensors = freshState(whole, { batchSize: BATCH, views: 2, width: DIM });
    const queue = assigner('queue', { size: 12, temperature: 1 });
    const logits = (all: Tensor2D[]) => queue.assign(all, noPass, tensors, contextAt()).assigned.map(one => one.logits);
    const assigned = objective('ressl', { inputs: 'assignments' });
    const one = whole.compute(inputsOf(student, { targets: teacher, tensors }), contextAt());
    const other = assigned.compute(inputsOf(logits(student), { targets: logits(teacher) }), contextAt());
    expect(number(other.loss)).to.be.closeTo(number(one.loss), 1e-6);
    expect(bench.requires({ use: 'ressl', inputs: 'assignments' })).to.deep.equal(['assignments', 'teacher']);
    expect(bench.requires({ use: 'ressl' })).to.deep.equal(['teacher']);
  });
});

describe('assigners whose prototypes are instances', () => {
  onCpuInScope();

  it('instances under cross-entropy with a teacher are MoCo v3', () => {
    const [student, teacher] = [views(), views(2, 'teacher')];
    const state = { teacher0: teacher[0], teacher1: teacher[1] };
    const instances = assigner('instances', { temperature: 0.2 });
    const { assigned } = instances.assign(student, noPass, state, contextAt());
    const crossEntropy = mean(assigned.map(({ logits, code }) => number(tf.losses.softmaxCrossEntropy(code!, logits))));
    const moco = objective('info-nce', { negatives: 'batch', symmetric: true, temperature: 0.2 });
    const { loss } = moco.compute(inputsOf(student, { targets: teacher }), contextAt());
    expect(crossEntropy).to.be.closeTo(number(loss), 1e-5);
  });

  it('instances work with an objective that was not written for them', () => {
    const instances = assigner('instances', { temperature: 0.2 });
    const student = views();
    const swapped = objective('swav');
    const { loss, gradients } = lossAndGradients(student, () => {
      const { assigned } = instances.assign(student, noPass, {}, contextAt());
      const inputs = inputsOf(
        assigned.map(({ logits }) => logits),
        { codes: assigned.map(({ code }) => code!) },
      );
      return swapped.compute(inputs, contextAt()).loss;
    });
    expect(loss).to.be.above(0);
    gradients.forEach(gradient => expect(gradient.some(value => value !== 0)).to.equal(true));
    expect(instances.prototypeCount(DIM, BATCH)).to.equal(BATCH);
  });

  it('a queue takes the first view and gives no gradient to its prototypes', () => {
    const queue = assigner('queue', { size: 12 });
    const state = freshState(queue as unknown as Objective, DIM as never);
    const student = views();
    const { assigned, nextState: after } = queue.assign(student, noPass, state, contextAt());
    expect(assigned.map(({ logits }) => logits.shape)).to.deep.equal([
      [BATCH, 12],
      [BATCH, 12],
    ]);
    expect(rows(after!.queue).slice(0, BATCH)).to.deep.equal(unit(student[0]));
    const { gradients } = lossAndGradients([state.queue as Tensor2D], () =>
      tf.sum(queue.assign(student, noPass, state, contextAt()).assigned[1].logits),
    );
    expect(gradients[0].every(value => value === 0)).to.equal(true);
  });

  it('instances of two workers have prototypes of both, and codes shifted by rank', async () => {
    const student = views();
    const codes = await runWorkers(2, collective => {
      const own = student.map(view => tf.split<Tensor2D>(view, 2)[collective.rank]);
      const { assigned } = assigner('instances').assign(own, noPass, {}, contextAt(0, collective));
      return rows(assigned[0].code!).map(row => row.indexOf(1));
    });
    expect(codes).to.deep.equal([
      [0, 1, 2],
      [3, 4, 5],
    ]);
  });
});

describe('advice on contrastive objectives', () => {
  const codes = (
    options: { use: string; [option: string]: unknown },
    facts = {},
    slot: 'objective' | 'assigner' = 'objective',
  ) => bench.advice(slot, options, facts).map(({ severity, code, path }) => `${severity} ${code} ${path}`.trim());

  it('gives no warning for usual settings', () => {
    for (const use of ['nt-xent', 'dcl', 'macl', 'info-nce', 'nnclr', 'ressl'])
      expect(codes({ use })).to.deep.equal([]);
    for (const use of ['instances', 'queue']) expect(codes({ use }, {}, 'assigner')).to.deep.equal([]);
  });

  it('warns about few negatives only for objectives that depend on them', () => {
    expect(codes({ use: 'nt-xent' }, { batchSize: 32 })).to.deep.equal(['warning CONTRASTIVE_BATCH_SMALL']);
    expect(codes({ use: 'dcl' }, { batchSize: 32 })).to.deep.equal([]);
  });

  it('warns about unusual temperatures and an unused teacher', () => {
    expect(codes({ use: 'nt-xent', temperature: 2 })).to.deep.equal([
      'warning CONTRASTIVE_TEMPERATURE_HIGH temperature',
    ]);
    expect(codes({ use: 'dcl', temperature: 0.01 })).to.deep.equal(['warning CONTRASTIVE_TEMPERATURE_LOW temperature']);
    expect(codes({ use: 'macl' }, { uses: { teacher: 'moving-average' } })).to.deep.equal([
      'warning CONTRASTIVE_TEACHER_UNUSED',
    ]);
    expect(codes({ use: 'ressl', teacherTemperature: 0.2 })).to.deep.equal([
      'warning RESSL_TEACHER_NOT_SHARPER teacherTemperature',
    ]);
  });

  it('warns of views that are computed for nothing', () => {
    const views = Array.from({ length: 8 }, (_, i) => ({ kind: i < 2 ? 'global' : 'local', height: 8, width: 8 }));
    for (const use of ['info-nce', 'ressl']) {
      expect(codes({ use, queueSize: 512 }, { views })).to.deep.equal(['warning CONTRASTIVE_VIEWS_UNUSED symmetric']);
      expect(codes({ use, queueSize: 512, symmetric: true }, { views })).to.deep.equal([]);
    }
    expect(codes({ use: 'nnclr', queueSize: 512 }, { views })).to.deep.equal([]);
  });

  it('compares the size of a queue with the rows that a step pushes and with the number of images', () => {
    const sized = (queueSize: number, facts = {}, more = {}) => codes({ use: 'info-nce', queueSize, ...more }, facts);
    expect(sized(128)).to.deep.equal(['error QUEUE_BELOW_BATCH queueSize']);
    expect(sized(768)).to.deep.equal([]);
    expect(sized(768, {}, { symmetric: true })).to.deep.equal(['warning QUEUE_NO_MULTIPLE queueSize']);
    const crops = [...[0, 1].map(() => 'global'), ...Array(6).fill('local')].map(kind => ({
      kind,
      height: 8,
      width: 8,
    }));
    expect(sized(512, { views: crops }, { symmetric: true })).to.deep.equal([]);
    const three = crops.slice(0, 3).map(view => ({ ...view, kind: 'global' }));
    expect(sized(512, { views: three }, { symmetric: true })).to.deep.equal(['error QUEUE_BELOW_BATCH queueSize']);
    expect(sized(768, { views: three }, { symmetric: true })).to.deep.equal([]);
    expect(sized(768, { trainImages: 1000 })).to.deep.equal(['warning QUEUE_LARGE queueSize']);
    expect(sized(100, {}, { negatives: 'batch' })).to.deep.equal([]);
    expect(bench.advice('objective', { use: 'nnclr', queueSize: 1000 }, {})[0].message).to.contain('Take 1024.');
    expect(codes({ use: 'queue', size: 300 }, {}, 'assigner')).to.deep.equal(['warning QUEUE_NO_MULTIPLE size']);
  });

  it('refuses views that leave nothing to compare', () => {
    const local = { kind: 'local', height: 8, width: 8 };
    expect(codes({ use: 'nt-xent' }, { views: [local] })).to.deep.equal(['error OBJECTIVE_NEEDS_VIEWS']);
    expect(codes({ use: 'info-nce' }, { views: [local, local] })).to.deep.equal(['error OBJECTIVE_NEEDS_GLOBAL_VIEW']);
  });
});
