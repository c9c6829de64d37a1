import {
  Collective,
  Components,
  defineComponent,
  definePlugin,
  Evaluator,
  Nested,
  Objective,
  Observer,
  type Pipeline,
  type Plugin,
  Predictor,
  Schedule,
  slots,
  Streams,
} from '@carl-ssl/core';
import { catalogueOf, wirePipeline } from '@carl-ssl/core/host';
import { singleProcess } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import { Type } from 'typebox';

const none = Type.Object({}, { additionalProperties: false });
const described = { description: 'For a test.', options: none };

/** A schedule that tells what it was made from. */
const telling = defineComponent(slots.schedule, {
  ...described,
  use: 'telling',
  options: Type.Object(
    { inner: Type.Optional(Nested('schedule', { description: 'Another.' })) },
    { additionalProperties: false },
  ),
  inject: { streams: Streams, components: Components, collective: Collective },
  create: ({ inner }, { streams, components, collective }) => ({
    value: () => streams.at('schedule').uniform() + (inner ? components.create(slots.schedule, inner).value(0) : 0),
    collective,
    inner,
  }),
});
const lost = defineComponent(slots.objective, {
  ...described,
  use: 'lost',
  inject: { missing: Symbol.for('carl-ssl.Nowhere') },
  create: () => ({ compute: () => ({}) as never, state: () => [], trivial: () => [] }),
});
let made = 0;
const counted = defineComponent(slots.evaluator, {
  ...described,
  use: 'counted',
  create: () => ({ kind: 'features' as const, baselines: [], evaluate: async () => [], number: ++made }),
});

const plugin: Plugin = definePlugin({ name: 'test', components: [telling, lost, counted] });
const pipeline = (changes: object = {}): Pipeline =>
  ({
    seed: 1,
    schedule: { use: 'telling' },
    objective: { use: 'lost' },
    evaluate: [],
    observers: [],
    ...changes,
  }) as unknown as Pipeline;

describe('the container of a run', () => {
  it('makes each part once', () => {
    const run = wirePipeline(pipeline(), catalogueOf([plugin]));
    expect(run.get(Schedule)).to.equal(run.get(Schedule));
  });

  it('makes parts only when they are asked for', () => {
    made = 0;
    const run = wirePipeline(pipeline({ evaluate: [{ use: 'counted' }, { use: 'counted' }] }), catalogueOf([plugin]));
    expect(made).to.equal(0);
    const numbers = (run.all(Evaluator) as unknown as { number: number }[]).map(({ number }) => number);
    expect(numbers).to.deep.equal([1, 2]);
  });

  it('has streams and parts of its own', () => {
    const [a, b, again] = [1, 2, 1].map(seed => wirePipeline(pipeline({ seed }), catalogueOf([plugin])));
    expect(a.get(Schedule)).to.not.equal(again.get(Schedule));
    expect(a.get(Schedule).value(0)).to.equal(a.get(Streams).at('schedule').uniform());
    expect(b.get(Schedule).value(0)).to.equal(b.get(Streams).at('schedule').uniform());
    expect(a.get(Schedule).value(0)).to.not.equal(b.get(Schedule).value(0));
    expect(a.get(Schedule).value(0)).to.equal(again.get(Schedule).value(0));
  });

  it('injects what makes nested components, with the streams of the same run', () => {
    const run = wirePipeline(
      pipeline({ schedule: { use: 'telling', inner: { use: 'telling' } } }),
      catalogueOf([plugin]),
    );
    expect(run.get(Schedule).value(0)).to.equal(2 * run.get(Streams).at('schedule').uniform());
  });

  it('injects the workers that share a batch', () => {
    const run = wirePipeline(pipeline(), catalogueOf([plugin]));
    expect(run.get(Schedule)).to.have.property('collective', singleProcess);
    expect(run.get(Collective)).to.equal(singleProcess);
  });

  it('gives components their options frozen and without their name', () => {
    const inner = { use: 'telling' };
    const run = wirePipeline(pipeline({ schedule: { use: 'telling', inner } }), catalogueOf([plugin]));
    expect(run.get(Schedule)).to.have.property('inner', inner);
  });

  it('names a dependency of a component that nothing provides', () => {
    const run = wirePipeline(pipeline(), catalogueOf([plugin]));
    expect(() => run.get(Objective)).to.throw(/Nowhere/);
  });

  it('returns undefined for parts that a pipeline leaves out', () => {
    const run = wirePipeline(pipeline(), catalogueOf([plugin]));
    expect(run.find(Predictor)).to.equal(undefined);
    expect(run.all(Observer)).to.deep.equal([]);
    expect(() => run.get(Predictor)).to.throw(/Predictor/);
  });

  it('refuses a component that is in no plugin', () => {
    const run = wirePipeline(pipeline({ schedule: { use: 'unknown' } }), catalogueOf([plugin]));
    expect(() => run.get(Schedule)).to.throw(/schedule\.unknown/);
  });
});
