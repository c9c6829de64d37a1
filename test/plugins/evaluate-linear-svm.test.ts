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

const CLASSES = 3;
const DIM = 6;

function make<T>(slot: string, options: object): T {
  const found = (plugin.components as readonly Component[]).find(
    one => one.slot.name === slot && one.use === 'linear-svm',
  )!;
  return found.create(Default(found.options, { ...options }) as never, {}) as T;
}

const valueOf = (results: readonly EvaluatorResult[], split: string, metric: RegExp) =>
  results.find(one => one.split === split && metric.test(one.metric))!.value;

describe('evaluator linear-svm', () => {
  const cloud = (purpose: string, perClass: number) => {
    const random = seededStreams(6).at(purpose);
    const length = perClass * CLASSES;
    const labels = Int32Array.from({ length }, (_, i) => i % CLASSES);
    const data = Float32Array.from(
      { length: length * DIM },
      (_, i) => random.normal() + (i % DIM === labels[Math.floor(i / DIM)] ? 2 : 0),
    );
    return { data, labels };
  };
  const svm = async (options: object, sizes = { train: 30, test: 20 }) => {
    const set = (name: 'train' | 'test') => {
      const { data, labels } = cloud(name, sizes[name]);
      return memoryFeatures(data, DIM, labels);
    };
    return make<FeatureEvaluator>('evaluator', options).evaluate({
      train: set('train'),
      test: set('test'),
      classCount: CLASSES,
      random: seededStreams(4).at('evaluate'),
      signal: new AbortController().signal,
      progress: () => Promise.resolve(),
    });
  };

  it('has the mean average precision of the metric', async () => {
    const metric = make<Metric>('metric', { C: 0.5 });
    const [train, test] = [cloud('train', 30), cloud('test', 20)];
    const marks = (labels: Int32Array) => ({
      shape: [labels.length, CLASSES],
      data: Int32Array.from({ length: labels.length * CLASSES }, (_, i) =>
        labels[Math.floor(i / CLASSES)] === i % CLASSES ? 1 : 0,
      ),
    });
    const { mean } = metric.compute({
      trainFeatures: { shape: [90, DIM], data: train.data },
      trainLabels: marks(train.labels),
      testFeatures: { shape: [60, DIM], data: test.data },
      testLabels: marks(test.labels),
    });
    const results = await svm({ normalize: false, interpolation: 'none' });
    expect(valueOf(results, 'test', /^linear-svm@C0\.5:map-none$/)).to.be.closeTo(mean as number, 1e-6);
    expect(mean).to.be.within(0.7, 0.99);
    expect(valueOf(results, 'test', /^linear-svm@C0\.5$/)).to.be.within(0.7, 0.95);
  });

  it('chooses costs by cross-validation on train', async () => {
    const results = await svm({ grid: [1, 1e-6] });
    expect(valueOf(results, 'train', /^linear-svm@C-cv3:C$/)).to.be.oneOf([1e-6, 1]);
    expect(valueOf(results, 'test', /^linear-svm@C-cv3:map-area$/)).to.be.above(0.7);
    const error = await svm({ grid: [1], folds: 5 }, { train: 4, test: 5 }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect((error as Error).message).to.match(/needs 5 training images of each class; class 0 has 4.*`folds`/);
  });

  it('averages few-shot draws and gives their deviation', async () => {
    const results = await svm({ shots: [1, 8], draws: 3 });
    const few = valueOf(results, 'test', /^linear-svm1shot@n3C0\.5x3:map-area$/);
    expect(valueOf(results, 'test', /^linear-svm8shot@n24C0\.5x3:map-area$/)).to.be.above(few);
    expect(valueOf(results, 'test', /^linear-svm1shot@n3C0\.5x3:map-area:deviation$/)).to.be.above(0);
    expect(await svm({ shots: [1, 8], draws: 3 })).to.deep.equal(results);
  });
});
