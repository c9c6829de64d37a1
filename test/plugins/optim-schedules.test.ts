import { CarlError, scheduledAt, type Facts, type Finding, type Schedule, type ScheduleDefaults } from '@carl-ssl/core';
import plugin from '@carl-ssl/optim';
import { expect } from 'chai';
import fc from 'fast-check';
import { Default } from 'typebox/value';
import { componentOf, make } from '../core/layers-support.js';

const schedule = (use: string, options: object = {}): Schedule => make<Schedule>(plugin, use, options);
const training: ScheduleDefaults = { steps: 100, stepsPerEpoch: 10, startValue: 2 };

function findings(use: string, options: object, facts: Partial<Facts>): readonly Finding[] {
  const { check, options: schema } = componentOf(plugin, use);
  return check!(Default(schema, { ...options }) as never, facts as Facts);
}

describe('cosine-warmup', () => {
  const at = (options: object, steps: number[]): number[] => {
    const made = schedule('cosine-warmup', { startValue: 1, ...options });
    return steps.map(step => made.value(step));
  };

  it('is its end value in a training of one inclusive step, its start value in one of an exclusive step', () => {
    expect(at({ steps: 1, endValue: 0.25 }, [0])).to.deep.equal([0.25]);
    expect(at({ steps: 1, endValue: 0.25, convention: 'exclusive' }, [0])).to.deep.equal([1]);
  });

  it('only rises when the warm-up is the whole training', () => {
    expect(at({ steps: 4, warmupSteps: 4 }, [0, 1, 2, 3, 4])).to.deep.equal([0.25, 0.5, 0.75, 1, 1]);
    expect(at({ steps: 5, warmupSteps: 5, convention: 'exclusive' }, [0, 1, 4, 9])).to.deep.equal([0, 0.25, 1, 1]);
  });

  it('ends at the end value when one step follows the warm-up', () => {
    expect(at({ steps: 3, warmupSteps: 2, endValue: 0.1 }, [1, 2])).to.deep.equal([1, 0.1]);
    expect(at({ steps: 3, warmupSteps: 2, endValue: 0.1, convention: 'exclusive' }, [1, 2])).to.deep.equal([1, 1]);
  });

  it('begins an exclusive warm-up of one step at its start value', () => {
    expect(at({ steps: 3, warmupSteps: 1, warmupStartValue: 0.5, convention: 'exclusive' }, [0, 1])).to.deep.equal([
      0.5, 1,
    ]);
  });

  it('takes steps, start value and epochs from the training', () => {
    const made = schedule('cosine-warmup', { warmupEpochs: 2.5 });
    const whole = schedule('cosine-warmup', { warmupSteps: 25, steps: 100, startValue: 2 });
    for (const step of [0, 24, 25, 60, 99]) expect(made.value(step, training)).to.equal(whole.value(step));
  });

  it('keeps its last value after the last step', () => {
    const made = schedule('cosine-warmup', { warmupSteps: 3, endValue: 0.2 });
    expect(made.value(1000, training)).to.equal(0.2);
  });

  it('stays between its lowest and highest value for any lengths', () => {
    const lengths = fc.record({
      steps: fc.integer({ min: 1, max: 50 }),
      warmupSteps: fc.integer({ min: 0, max: 60 }),
      convention: fc.constantFrom('inclusive', 'exclusive'),
    });
    fc.assert(
      fc.property(lengths, fc.nat(100), (options, step) => {
        const value = schedule('cosine-warmup', {
          ...options,
          startValue: 3,
          endValue: 0.5,
          warmupStartValue: 1,
        }).value(step);
        expect(value).to.be.within(0.5, 3 + 1e-12);
      }),
    );
  });

  it('says what it lacks outside of a training', () => {
    expect(() => schedule('cosine-warmup').value(0)).to.throw(CarlError, /`steps`/);
    expect(() => schedule('cosine-warmup', { steps: 3 }).value(0)).to.throw(CarlError, /`startValue`/);
    expect(() => schedule('cosine-warmup', { steps: 3, startValue: 1, warmupEpochs: 1 }).value(0)).to.throw(
      CarlError,
      /`stepsPerEpoch`/,
    );
  });

  it('finds a warm-up given twice, or longer than the training', () => {
    const codes = (options: object, facts: Partial<Facts>): string[] =>
      findings('cosine-warmup', options, facts).map(({ severity, code, path }) => `${severity} ${code} ${path}`);
    expect(codes({ warmupSteps: 1, warmupEpochs: 1 }, { epochs: 5 })).to.deep.equal([
      'error SCHEDULE_WARMUP_TWICE warmupEpochs',
    ]);
    expect(codes({ warmupEpochs: 5 }, { epochs: 5 })).to.deep.equal(['warning SCHEDULE_WARMUP_LONG warmupEpochs']);
    expect(codes({ warmupSteps: 50 }, { epochs: 5, steps: 50 })).to.deep.equal([
      'warning SCHEDULE_WARMUP_LONG warmupSteps',
    ]);
    expect(codes({ warmupSteps: 49 }, { epochs: 5, steps: 50 })).to.deep.equal([]);
    expect(codes({}, { epochs: 1 })).to.deep.equal([]);
  });
});

describe('cosine', () => {
  it('is a warm-up of no steps and then the same', () => {
    for (const convention of ['inclusive', 'exclusive']) {
      const [plain, warm] = ['cosine', 'cosine-warmup'].map(use => schedule(use, { convention, endValue: 0.3 }));
      for (const step of [0, 1, 50, 99, 500]) expect(plain.value(step, training)).to.equal(warm.value(step, training));
    }
  });
});

describe('constant', () => {
  it("is the optimizer's learning rate, or what it is told", () => {
    expect(schedule('constant').value(5, training)).to.equal(2);
    expect(schedule('constant', { value: 0 }).value(5, training)).to.equal(0);
    expect(() => schedule('constant').value(0)).to.throw(CarlError, /startValue/);
  });
});

describe('step', () => {
  it('falls at the beginning of each milestone', () => {
    const made = schedule('step', { milestones: [6, 8.5], factor: 0.5 });
    expect([0, 59, 60, 84, 85, 99].map(step => made.value(step, training))).to.deep.equal([2, 2, 1, 1, 0.5, 0.5]);
  });

  it('rises first if asked to', () => {
    const made = schedule('step', { milestones: [1], warmupSteps: 4, startValue: 8 });
    expect([0, 3, 4, 10].map(step => made.value(step, training))).to.deep.equal([2, 8, 8, 8 * 0.1]);
  });
});

describe('scheduled options', () => {
  const at = (value: Parameters<typeof scheduledAt>[0], steps: readonly number[], of = 100): number[] =>
    steps.map(step => scheduledAt(value, { step, steps: of }));
  const close = (actual: readonly number[], expected: readonly number[]): void =>
    expected.forEach((value, i) => expect(actual[i]).to.be.closeTo(value, 1e-12));

  it('change linearly unless they say otherwise', () => {
    close(at({ from: 5, to: 1, over: 0.5 }, [0, 25, 50, 99]), [5, 3, 1, 1]);
    close(at({ from: 5, to: 1, over: 1, curve: 'linear' }, [0, 25, 99]), [5, 4, 1.04]);
  });

  it('change along half a cosine wave, as the weight decay of DINO', () => {
    // 0.4 + (0.04 - 0.4) (1 + cos(pi t / T)) / 2 at t / T = 0, 1/4, 1/3, 1/2, 1.
    const decay = { from: 0.04, to: 0.4, over: 1, curve: 'cosine' } as const;
    const expected = [0.04, 0.4 - 0.18 * (1 + Math.SQRT1_2), 0.13, 0.22, 0.4];
    close(at(decay, [0, 30, 40, 60, 120], 120), expected);
  });

  it('may take longer than the training, as in MSN', () => {
    close(at({ from: 0.996, to: 1, over: 1.25 }, [0, 50, 100]), [0.996, 0.9976, 0.9992]);
    const decay = { from: 0.04, to: 0.4, over: 1.25, curve: 'cosine' } as const;
    close(at(decay, [100], 100), [0.4 - 0.18 * (1 + Math.cos(0.8 * Math.PI))]);
  });
});
