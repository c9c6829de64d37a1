import carl from '@carl-ssl/carl';
import deepcluster from '@carl-ssl/deepcluster';
import dino from '@carl-ssl/dino';
import heads from '@carl-ssl/heads';
import swav from '@carl-ssl/swav';
import { expect } from 'chai';
import { workbench } from './objective-support.js';

const bench = workbench(carl, deepcluster, dino, swav);
const CODE = 'ASSIGNER_SCORES_EMBEDDINGS';
const warns = (options: { use: string; count?: number }, provided: readonly string[]): boolean =>
  bench.advice('assigner', options, { provided: new Set(provided) }).some(({ code }) => code === CODE);

describe('assigners that take the outputs of the head for scores', () => {
  for (const use of ['sinkhorn', 'centering', 'kmeans-assign', 'softmax'])
    it(`${use} warns unless the head ends in prototypes`, () => {
      expect(warns({ use }, ['codes'])).to.equal(true);
      expect(warns({ use }, ['prototype-scores'])).to.equal(false);
      if (use !== 'softmax') expect(warns({ use, count: 64 }, ['codes'])).to.equal(false);
    });

  it('heads of prototypes say so', () => {
    const providing = heads.components.filter(({ provides }) => provides?.({}, () => []).includes('prototype-scores'));
    expect(providing.map(({ use }) => use)).to.deep.equal(['carp-head', 'dino-head']);
  });
});
