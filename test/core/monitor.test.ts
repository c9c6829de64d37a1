import { type Health, type PrototypeHealth, seededStreams } from '@carl-ssl/core';
import { CollapseMonitor, healthOf, type MonitorSample, signsOf } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';

const soundPrototypes: PrototypeHealth = {
  count: 256,
  reachable: 128,
  used: 90,
  perplexity: 60,
  uncertainty: 0.5,
  duplicates: 3,
};
const soundHealth: Health = { featureSpread: 0.6, rankMe: 40, rankLimit: 128, prototypes: soundPrototypes };

interface Change {
  readonly health?: Partial<Health>;
  readonly prototypes?: Partial<PrototypeHealth>;
  readonly report?: Partial<MonitorSample['report']>;
  readonly trivial?: MonitorSample['trivial'];
}

/** A look at a sound training of a thousand steps, with something changed. */
function look({ health, prototypes, report, trivial = [] }: Change = {}): MonitorSample {
  return {
    report: {
      step: 500,
      steps: 1000,
      epoch: 5,
      epochs: 10,
      loss: 3,
      parts: {},
      notes: {},
      learningRate: 0.1,
      gradientNorm: 1,
      imagesPerSecond: 1,
      imagesPerStep: 128,
      ...report,
    },
    health: { ...soundHealth, prototypes: { ...soundPrototypes, ...prototypes }, ...health },
    trivial,
  };
}
const kinds = (change?: Change): string[] => signsOf(look(change)).map(({ kind }) => kind);
const lnK = { name: 'all are uniform', loss: Math.log(256), advice: 'Lower assigner.temperature.' };

/** Changes by the sign they are to show, each with one that just is not enough. */
const signs: Readonly<Record<string, readonly [shown: Change, not: Change, collapsed: boolean, key: string]>> = {
  'complete-collapse': [
    { health: { featureSpread: 0.019 } },
    { health: { featureSpread: 0.021 } },
    true,
    'optimizer.learningRate',
  ],
  'prototype-collapse': [
    { prototypes: { perplexity: 3.2 } },
    { prototypes: { perplexity: 7 } },
    true,
    'objective.entropyWeight',
  ],
  'uniform-assignments': [
    { prototypes: { uncertainty: 0.995 } },
    { prototypes: { uncertainty: 0.99 } },
    true,
    'assigner.temperature',
  ],
  'trivial-loss': [
    { report: { loss: 5.55 }, trivial: [lnK] },
    { report: { loss: 5.5 }, trivial: [lnK] },
    true,
    'assigner.temperature',
  ],
  'vanished-gradient': [
    { report: { gradientNorm: 9e-7 } },
    { report: { gradientNorm: 2e-6 } },
    true,
    'assigner.temperature',
  ],
  'few-prototypes': [{ prototypes: { perplexity: 6 } }, { prototypes: { perplexity: 7 } }, false, 'assigner.count'],
  'duplicate-prototypes': [
    { prototypes: { duplicates: 60 } },
    { prototypes: { duplicates: 50 } },
    false,
    'assigner.count',
  ],
  'dimensional-collapse': [{ health: { rankMe: 5 } }, { health: { rankMe: 6 } }, false, 'head.layers'],
};

describe('signs of a collapse', () => {
  it('are absent in a healthy training', () => expect(kinds()).to.deep.equal([]));

  for (const [kind, [shown, not, collapsed, key]] of Object.entries(signs)) {
    it(`${kind}: at its limit, and with the key to change`, () => {
      expect(kinds(shown)).to.include(kind);
      expect(kinds(not)).to.not.include(kind);
      const sign = signsOf(look(shown)).find(one => one.kind === kind)!;
      expect(sign.collapsed).to.equal(collapsed);
      expect(sign.message).to.contain(key);
    });
  }

  it('have the advice of the objective if its loss is near a trivial value', () => {
    const own = { ...lnK, advice: 'Lower assigner.epsilon.' };
    const advice = (loss: number) =>
      signsOf(look({ prototypes: { uncertainty: 0.995 }, report: { loss }, trivial: [own] }))[0].message;
    expect(advice(Math.log(256) * 1.01)).to.match(/ Lower assigner\.epsilon\.$/);
    expect(advice(Math.log(256) * 1.03)).to.contain('Lower assigner.temperature');
  });

  it('allow few prototypes at the beginning', () => {
    expect(kinds({ prototypes: { perplexity: 5 }, report: { step: 199 } })).to.deep.equal([]);
    expect(kinds({ prototypes: { perplexity: 5 }, report: { step: 200 } })).to.deep.equal(['few-prototypes']);
  });

  it('do not expect more prototypes in use than there are images', () => {
    const huge = { count: 65536, reachable: 64, used: 60, perplexity: 55 };
    expect(kinds({ prototypes: huge })).to.deep.equal([]);
    // Cosines of random vectors over a temperature of 0.1 are this uncertain with so many prototypes, and not uniform.
    expect(kinds({ prototypes: { ...huge, uncertainty: 0.984 } })).to.deep.equal([]);
    expect(kinds({ prototypes: { ...huge, uncertainty: 0.9999 } })).to.deep.equal(['uniform-assignments']);
  });

  it('need no prototypes', () => {
    expect(kinds({ health: { prototypes: undefined } })).to.deep.equal([]);
    expect(kinds({ health: { prototypes: undefined, featureSpread: 0 } })).to.deep.equal(['complete-collapse']);
  });

  it('of low rank are not checked with few features', () =>
    expect(kinds({ health: { rankMe: 0.1, rankLimit: 15 } })).to.deep.equal([]));
});

describe('the collapse monitor', () => {
  const collapsed = (step: number, steps = 1000) => look({ prototypes: { perplexity: 1 }, report: { step, steps } });
  const sound = (step: number) => look({ report: { step } });
  const reported = (monitor: CollapseMonitor, looks: readonly MonitorSample[]) =>
    looks.flatMap(one =>
      monitor.look(one).map(({ kind, since }) => `${kind} since ${since}, told at ${one.report.step}`),
    );

  it('reports a sign that lasts for a twentieth of the training, once, with its first step', () => {
    const looks = Array.from({ length: 30 }, (_, i) => (i < 5 ? sound(10 * i + 1) : collapsed(10 * i + 1)));
    expect(reported(new CollapseMonitor(), looks)).to.deep.equal([
      'prototype-collapse since 51, told at 101',
      'few-prototypes since 201, told at 251',
    ]);
  });

  it('waits for at least thirty steps', () => {
    const looks = Array.from({ length: 6 }, (_, i) => collapsed(10 * i + 1, 60));
    expect(reported(new CollapseMonitor(), looks)[0]).to.equal('prototype-collapse since 1, told at 31');
  });

  it('starts again when a sign disappears, and reports it again when it returns', () => {
    const monitor = new CollapseMonitor();
    expect(reported(monitor, [collapsed(1), collapsed(41), sound(46), collapsed(51), collapsed(91)])).to.deep.equal([]);
    expect(reported(monitor, [collapsed(101), sound(111), collapsed(121), collapsed(171)])).to.deep.equal([
      'prototype-collapse since 51, told at 101',
      'prototype-collapse since 121, told at 171',
    ]);
  });

  it('continues from its saved state as without an interruption', () => {
    const looks = Array.from({ length: 12 }, (_, i) => collapsed(10 * i + 1));
    for (let cut = 0; cut <= looks.length; cut++) {
      const [first, second] = [new CollapseMonitor(), new CollapseMonitor()];
      const before = reported(first, looks.slice(0, cut));
      second.restore(JSON.parse(JSON.stringify(first.memory())));
      expect([...before, ...reported(second, looks.slice(cut))]).to.deep.equal([
        'prototype-collapse since 1, told at 51',
      ]);
    }
  });
});

describe('health', () => {
  before(() => tf.setBackend('cpu'));
  const random = seededStreams(1).at('health');
  const rows = (count: number, width: number, value: (row: number, column: number) => number) =>
    tf.tensor2d(
      Float32Array.from({ length: count * width }, (_, i) => value(Math.floor(i / width), i % width)),
      [count, width],
    );
  const measure = async (features: tf.Tensor2D, logits?: tf.Tensor2D, prototypes?: tf.Tensor): Promise<Health> => {
    const health = await healthOf(features, logits, prototypes);
    tf.dispose([features, ...(logits ? [logits] : [])]);
    return health;
  };

  it('of features on the whole sphere: spread 1, full rank', async () => {
    const { featureSpread, rankMe, rankLimit } = await measure(rows(400, 8, () => random.normal()));
    expect(featureSpread).to.be.within(0.97, 1.01);
    expect(rankMe).to.be.within(7.8, 8);
    expect(rankLimit).to.equal(8);
  });

  it('of one feature for all images: spread 0, rank 1, whatever its length', async () => {
    for (const length of [1e-6, 1, 1e6]) {
      const { featureSpread, rankMe } = await measure(rows(50, 6, (_, column) => length * (column + 1)));
      expect(featureSpread).to.be.below(1e-3);
      expect(rankMe).to.be.closeTo(1, 1e-2);
    }
  });

  it('of features that are all zero is finite', async () => {
    const { featureSpread, rankMe } = await measure(tf.zeros([5, 4]));
    expect([featureSpread, Number.isFinite(rankMe)]).to.deep.equal([0, true]);
  });

  it('of assignments: perplexity, uncertainty and use as defined', async () => {
    const features = () => rows(6, 3, () => random.normal());
    const spread = await measure(
      features(),
      rows(6, 3, (row, column) => (row % 3 === column ? 100 : 0)),
    );
    expect(spread.prototypes).to.deep.include({ count: 3, reachable: 3, used: 3 });
    expect(spread.prototypes!.perplexity).to.be.closeTo(3, 1e-6);
    expect(spread.prototypes!.uncertainty).to.be.closeTo(0, 1e-6);
    const uniform = await measure(features(), tf.zeros([6, 3]));
    expect(uniform.prototypes).to.deep.include({ used: 1 });
    expect(uniform.prototypes!.perplexity).to.be.closeTo(3, 1e-6);
    expect(uniform.prototypes!.uncertainty).to.be.closeTo(1, 1e-6);
    const halves = await measure(
      features(),
      rows(6, 3, (row, column) => ((row < 3 ? 0 : 1) === column ? 1e5 : -1e5)),
    );
    expect(halves.prototypes!.perplexity).to.be.closeTo(2, 1e-6);
  });

  it('counts duplicate prototypes', async () => {
    const prototypes = tf.tensor2d([1, 0, 1, 0.001, 0, 1, -1, 0], [4, 2]);
    const health = await measure(
      rows(4, 3, () => random.normal()),
      tf.zeros([4, 4]),
      prototypes,
    );
    prototypes.dispose();
    expect(health.prototypes!.duplicates).to.equal(2);
  });

  it('of more prototypes than an argument list can hold', async () => {
    const health = await measure(
      rows(2, 3, () => random.normal()),
      tf.zeros([2, 300_000]),
    );
    expect(health.prototypes).to.deep.include({ count: 300_000, reachable: 2, used: 1 });
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await measure(
      rows(4, 3, () => random.normal()),
      tf.zeros([4, 4]),
    );
    expect(tf.memory().numTensors).to.equal(before);
  });
});
