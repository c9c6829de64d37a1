import { checkSplits } from '@carl-ssl/core/testing';
import { expect } from 'chai';

type Experiment = Parameters<typeof checkSplits>[0];

const source = { name: 'a.yaml', folder: '/', text: 'data: {}', kind: 'file' } as const;
const document = { kind: 'mapping', place: { source, start: 0, end: 4 }, entries: new Map() };
const images = (labels: readonly number[] | undefined, length = labels?.length ?? 0) => ({
  length,
  ...(labels && { labels: Int32Array.from(labels) }),
});
const both = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1];

/** An experiment as far as the check reads it. */
function experiment(held: object, changes: object = {}): Experiment {
  const pipeline = { data: { use: 'x', validation: 0.1 }, evaluate: [{ use: 'knn' }], evaluation: {}, ...changes };
  return { pipeline, held, transfer: [], loaded: { document } } as unknown as Experiment;
}

const found = (held: object, changes?: object) =>
  checkSplits(experiment(held, changes)).map(({ code, message, remedy }) => [code, message, remedy].join(' '));

describe('the check of splits for evaluation', () => {
  it('warns of fewer than ten images, with the option that holds out more', () => {
    const [one, ...others] = found({ validation: images([0]), test: images(both) });
    expect(others).to.deep.equal([]);
    expect(one).to.match(/^SPLIT_SMALL The split `validation` has 1 image: any accuracy on it is 0% or 100%/);
    expect(one).to.contain('`data.validation`, the share that is held out, is 0.1').and.contain('data.validation=0.5');
    expect(found({ test: images(both.slice(1)) })[0]).to.match(/has 9 images: one image is 11 points of accuracy/);
    expect(found({ test: images(both.slice(1)) })[0]).to.not.contain('--set');
  });

  it('warns of a split with one class, if it has labels', () => {
    expect(found({ test: images(Array.from({ length: 30 }, () => 3)) })[0]).to.contain('images of one class only');
    expect(found({ test: images(undefined, 30) })).to.deep.equal([]);
  });

  it('does not warn where nothing is evaluated on the split', () => {
    const held = { validation: images([0]), test: images(both) };
    expect(found(held, { evaluate: [] })).to.deep.equal([]);
    expect(found(held, { evaluation: { splits: ['test'] } })).to.deep.equal([]);
  });

  it('names the dataset under transfer', () => {
    const pipeline = { transfer: { flowers: { data: { use: 'x' }, evaluate: [{ use: 'knn' }] } } };
    const one = experiment({}, pipeline);
    const transfer = [{ name: 'flowers', held: { test: images([0]) } }];
    expect(checkSplits({ ...one, transfer } as never)[0].message).to.contain('`flowers/test` has 1 image');
  });
});
