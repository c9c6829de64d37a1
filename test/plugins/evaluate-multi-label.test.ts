import {
  type Component,
  type EvaluatorResult,
  type FeatureEvaluator,
  memoryFeatures,
  type Metric,
  seededStreams,
} from '@carl-ssl/core';
import plugin from '@carl-ssl/evaluate';
import { expect } from 'chai';
import { Default } from 'typebox/value';

const [CLASSES, DIM] = [3, 6];

function make<T>(slot: string, use: string, options: object): T {
  const found = (plugin.components as readonly Component[]).find(one => one.slot.name === slot && one.use === use)!;
  return found.create(Default(found.options, { ...options }) as never, {}) as T;
}

/** Features with an axis for each class; every third image has two classes, and some have none. */
function cloud(purpose: string, length: number) {
  const random = seededStreams(6).at(purpose);
  const marks = Int8Array.from({ length: length * CLASSES }, (_, i) => {
    const [row, column] = [Math.floor(i / CLASSES), i % CLASSES];
    return row % 7 !== 6 && (row % CLASSES === column || (row % 3 === 0 && column === 1)) ? 1 : 0;
  });
  const data = Float32Array.from({ length: length * DIM }, (_, i) => {
    const [row, axis] = [Math.floor(i / DIM), i % DIM];
    return random.normal() + (axis < CLASSES && marks[row * CLASSES + axis] === 1 ? 1.5 : 0);
  });
  return { data, marks, length };
}
type Cloud = ReturnType<typeof cloud>;

const given = { train: cloud('train', 90), test: cloud('test', 60) };
const evaluated = async (options: object, { train, test }: { train: Cloud; test: Cloud } = given) => {
  const set = ({ data, marks }: Cloud) => ({ ...memoryFeatures(data, DIM), multiLabels: marks });
  return make<FeatureEvaluator>('evaluator', 'multi-label-linear', options).evaluate({
    train: set(train),
    test: set(test),
    random: seededStreams(4).at('evaluate'),
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  });
};
const values = (results: readonly EvaluatorResult[]) => results.map(({ value }) => value);

describe('evaluator multi-label-linear', () => {
  it('has the mean average precisions of the metrics, in all three forms', async () => {
    const results = await evaluated({ normalize: false });
    const forms = ['area', 'eleven-point', 'none'];
    expect(results.map(({ metric }) => metric)).to.deep.equal(forms.map(form => `multi-label-svm@C0.5:map-${form}`));
    const matrix = (data: Float32Array | Int8Array, columns: number) => ({ shape: [data.length / columns, columns], data: Float32Array.from(data) }); // prettier-ignore
    const { train, test } = given;
    const labels = matrix(test.marks, CLASSES);
    const { decisions, mean } = make<Metric>('metric', 'linear-svm', { C: 0.5 }).compute({
      trainFeatures: matrix(train.data, DIM),
      trainLabels: matrix(train.marks, CLASSES),
      testFeatures: matrix(test.data, DIM),
      testLabels: labels,
    });
    expect(results[2].value).to.be.closeTo(mean as number, 1e-6);
    for (const [i, interpolation] of forms.entries()) {
      const map = make<Metric>('metric', 'mean-average-precision', { interpolation });
      expect(results[i].value).to.be.closeTo(map.compute({ scores: decisions as never, labels }).mean as number, 1e-4);
    }
    expect(results[2].value).to.be.within(0.6, 0.999);
  });

  it('counts undecided classes as negative, or leaves the image out of the class', async () => {
    const undecided = ({ marks, ...rest }: Cloud): Cloud => ({ ...rest, marks: marks.map((mark, i) => (i % 5 === 0 ? -1 : mark)) }); // prettier-ignore
    const both = { train: undecided(given.train), test: undecided(given.test) };
    const asNegative = ({ marks, ...rest }: Cloud): Cloud => ({ ...rest, marks: marks.map(mark => Math.max(0, mark)) });
    const negative = values(await evaluated({}, both));
    expect(negative).to.deep.equal(values(await evaluated({}, { train: asNegative(both.train), test: asNegative(both.test) }))); // prettier-ignore
    const excluded = await evaluated({ difficult: 'exclude' }, both);
    expect(excluded[0].metric).to.equal('multi-label-svm-exclude@C0.5:map-area');
    expect(values(excluded)).to.not.deep.equal(negative);
    expect(excluded[0].value).to.be.above(0.5);
  });

  it('chooses C on the training images alone, and averages few-shot draws', async () => {
    const results = await evaluated({ grid: [0.01, 1, 100], shots: [2, 8], draws: 3, interpolations: ['none'] });
    const [whole, , two, , eight] = results;
    expect(results.map(({ metric, kind }) => `${metric} ${kind}`)).to.deep.equal([
      'multi-label-svm@C-cv3:map-none score',
      'multi-label-svm@C-cv3:C setting',
      `${two.metric} score`,
      `${two.metric}:deviation setting`,
      `${eight.metric} score`,
      `${eight.metric}:deviation setting`,
    ]);
    expect(two.metric).to.match(/^multi-label-svm2shot@n[3-6]C0\.5x3:map-none$/);
    expect(whole.value).to.be.above(two.value);
    const other = { ...given, test: cloud('another test', 60) };
    const again = await evaluated({ grid: [0.01, 1, 100], interpolations: ['none'] }, other);
    expect(again.find(({ kind }) => kind === 'setting')!.value).to.equal(results[1].value);
  });

  it('fits logistic regressions as well', async () => {
    const [area] = await evaluated({ loss: 'logistic', C: 1, positiveWeight: 1 });
    expect(area.metric).to.equal('multi-label-logistic@C1:map-area');
    expect(area.value).to.be.within(0.6, 0.999);
    const { train, test } = given;
    const first = ({ marks, length }: Cloud) => Int8Array.from({ length }, (_, row) => marks[row * CLASSES]);
    const oneClass = (part: Cloud): Cloud => ({ ...part, marks: first(part) });
    const only = { loss: 'logistic', C: 1, positiveWeight: 1, normalize: false, interpolations: ['none'] };
    const [own] = values(await evaluated(only, { train: oneClass(train), test: oneClass(test) }));
    const labels = (part: Cloud) => ({ shape: [part.length], data: Int32Array.from(first(part)) });
    const { probabilities } = make<Metric>('metric', 'logistic-regression', { C: 1, classes: 2 }).compute({
      trainFeatures: { shape: [train.length, DIM], data: train.data },
      trainLabels: labels(train),
      testFeatures: { shape: [test.length, DIM], data: test.data },
      testLabels: labels(test),
    });
    const { shape, data } = probabilities as { readonly shape: readonly number[]; readonly data: Float32Array };
    const scores = Float32Array.from({ length: test.length }, (_, row) => data[row * shape[1] + 1]);
    const { mean } = make<Metric>('metric', 'mean-average-precision', {}).compute({
      scores: { shape: [test.length, 1], data: scores },
      labels: { shape: [test.length, 1], data: Float32Array.from(first(test)) },
    });
    expect(own).to.be.closeTo(mean as number, 1e-4);
  });

  it('counts a class without training images as 0, and leaves out one without test images', async () => {
    const without = ({ marks, ...rest }: Cloud): Cloud => ({ ...rest, marks: marks.map((mark, i) => (i % CLASSES === 2 ? 0 : mark)) }); // prettier-ignore
    const [full] = values(await evaluated({}));
    const [unlearned] = values(await evaluated({}, { ...given, train: without(given.train) }));
    const [unseen] = values(await evaluated({}, { train: given.train, test: without(given.test) }));
    expect(unlearned).to.be.below((2 / 3) * 1.0001);
    expect(Math.abs(unseen - full)).to.be.below(0.3);
  });
});
