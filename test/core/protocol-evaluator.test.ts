import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { evaluateTiny } from '../e2e/evaluating.js';
import { onCpu, remains, smallResnet, temporaryFolder } from '../e2e/tiny.js';

const sgd = { use: 'sgd', learningRate: 0.1, momentum: 0.9 };
const tuning = (steps: number, more: object = {}) => ({
  evaluate: [{ use: 'fine-tuning', steps, optimizer: sgd, ...more }],
});

describe('a protocol evaluator that fine-tunes', () => {
  const folder = temporaryFolder();
  before(onCpu);

  const accuracy = async (run: string, changes: Readonly<Record<string, unknown>>) => {
    const { results } = await evaluateTiny(folder.within(run), changes);
    const [trained, untrained] = [results.trained, results.untrained].map(figures => figures[0]?.value);
    return { trained, untrained, results };
  };

  it('learns from labels, on the trained encoder and on the untrained one', async () => {
    const before = await accuracy('learns', tuning(0));
    const after = await accuracy('learns', tuning(40));
    expect(before.trained).to.be.below(0.6);
    expect(after.trained).to.be.above(0.9);
    expect(after.untrained).to.be.above(0.7);
    expect(after.results.pixels).to.deep.equal([]);
    expect(after.results.status.map(({ subject, status }) => `${subject} ${status}`)).to.deep.equal([
      'trained done',
      'untrained done',
    ]);
  });

  it('can train the classifier alone on an encoder with batch normalisation', async () => {
    const frozen = { optimizer: { use: 'sgd', learningRate: 1e-30 } };
    const { trained } = await accuracy('statistics', { encoder: smallResnet, ...tuning(30, frozen) });
    expect(trained).to.be.above(0.4);
  });

  it('gives the same figures twice, and leaves checkpoint and tensors as they were', async () => {
    const changes = tuning(5);
    const first = await accuracy('twice', changes);
    const [tensors, files] = [tf.memory().numTensors, checkpoints(folder.within('twice'))];
    const again = await accuracy('twice', changes);
    expect(again.results).to.deep.equal(first.results);
    expect(tf.memory().numTensors).to.equal(tensors);
    expect(checkpoints(folder.within('twice'))).to.deep.equal(files);
  });

  it('draws from streams of its own: its place in the list matters, other evaluators do not', async () => {
    const [own] = tuning(3).evaluate;
    const { results } = await accuracy('streams', { evaluate: [{ use: 'knn', k: 5 }, own] });
    const { results: other } = await accuracy('streams', { evaluate: ['rankme', own] });
    const tuned = (figures: typeof results) => figures.trained.filter(({ metric }) => metric.startsWith('fine-tuning'));
    expect(tuned(results)).to.deep.equal(tuned(other));
  });

  it('is refused with a dataset without labels, before training', async () => {
    const error: unknown = await evaluateTiny(folder.within('unlabelled'), {
      data: { use: 'stripes', labelled: false },
      ...tuning(1),
    }).catch((reason: unknown) => reason);
    expect(String(error)).to.contain(
      'The evaluator `fine-tuning` requires `labels`, which nothing in this pipeline provides.',
    );
  });
});

const checkpoints = (run: string) =>
  Object.fromEntries(Object.entries(remains(run)).filter(([name]) => name.startsWith('/step-')));
