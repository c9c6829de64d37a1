import type { Observer, StepReport } from '@carl-ssl/core';
import { Observers } from '@carl-ssl/core/host';
import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { onCpu, temporaryFolder, trainTiny } from '../e2e/tiny.js';

const report = (step: number) => ({ step, loss: 1 }) as StepReport;

/** Observers of a run with one of the name `it`, and the warnings about it. */
function alone(observer: Observer, limits?: ConstructorParameters<typeof Observers>[2]) {
  const warnings: string[] = [];
  return { warnings, observers: new Observers([{ name: 'it', observer }], message => warnings.push(message), limits) };
}

describe('the queue of an observer', () => {
  it('delivers an event at once to an observer that is idle', async () => {
    const steps: number[] = [];
    const { observers } = alone({ onStep: ({ step }) => steps.push(step) });
    const sent = observers.send('onStep', report(1));
    expect(steps).to.deep.equal([1]);
    await sent;
  });

  it('delivers events in order, each after the promise of the one before', async () => {
    const heard: string[] = [];
    const { observers } = alone({
      onStep: async ({ step }) => {
        heard.push(`${step} begins`);
        await setTimeout(10 - 3 * step);
        heard.push(`${step} ends`);
      },
      close: status => heard.push(status),
    });
    for (const step of [1, 2, 3]) await observers.send('onStep', report(step));
    await observers.close('finished');
    const steps = [1, 2, 3].flatMap(step => [`${step} begins`, `${step} ends`]);
    expect(heard).to.deep.equal([...steps, 'finished']);
  });

  it('makes the sender wait only when it is full, and lets other observers go ahead', async () => {
    const release: (() => void)[] = [];
    const fast: number[] = [];
    const slow = { onStep: async () => new Promise<void>(resolve => void release.push(resolve)) };
    const observers = new Observers(
      [
        { name: 'slow', observer: slow },
        { name: 'fast', observer: { onStep: ({ step }) => void fast.push(step) } },
      ],
      () => undefined,
      { capacity: 3, patience: 10_000 },
    );
    for (const step of [1, 2, 3]) await observers.send('onStep', report(step));
    let isSent = false;
    const fourth = observers.send('onStep', report(4)).then(() => (isSent = true));
    await setTimeout(20);
    expect([isSent, fast]).to.deep.equal([false, [1, 2, 3, 4]]);
    release[0]();
    await fourth;
    const closed = observers.close('finished');
    while (release.length < 4) await setTimeout(1).then(() => release.at(-1)!());
    release.forEach(resolve => resolve());
    await closed;
  });

  for (const [how, onStep] of Object.entries({
    throws: () => {
      throw new Error('no space left');
    },
    rejects: async () => Promise.reject(new Error('no space left')),
  })) {
    it(`switches an observer off that ${how}, with one warning that names it`, async () => {
      let calls = 0;
      const { observers, warnings } = alone({
        onStep: () => {
          calls += 1;
          return onStep();
        },
        close: () => (calls += 100),
      });
      for (const step of [1, 2, 3]) {
        await observers.send('onStep', report(step));
        await setTimeout(1);
      }
      await observers.close('finished');
      expect(calls).to.equal(1);
      expect(warnings).to.deep.equal(['observer it is switched off: no space left']);
    });
  }

  it('switches off an observer that hangs', async () => {
    const hanging = { onStep: async () => new Promise<void>(() => undefined) };
    const { observers, warnings } = alone(hanging, { capacity: 2, patience: 20 });
    for (const step of [1, 2, 3, 4, 5]) await observers.send('onStep', report(step));
    expect(warnings).to.deep.equal(['observer it is switched off: it accepted no event for 0.02 s']);
    const closing = alone(hanging, { capacity: 2, patience: 20 });
    await closing.observers.send('onStep', report(1));
    await closing.observers.close('finished');
    expect(closing.warnings).to.have.length(1);
  });

  it('closes once, with the first status', async () => {
    const closed: unknown[] = [];
    const { observers } = alone({ close: (status, error) => closed.push([status, error]) });
    await observers.close('failed', 'why');
    await observers.close('finished');
    expect(closed).to.deep.equal([['failed', 'why']]);
  });
});

describe('observers of a training', () => {
  const folder = temporaryFolder();
  const short = { trainer: { epochs: 2, batchSize: 16 } };
  before(onCpu);

  /** Names of the hooks that were called, without repetitions in a row, and the status of `close`. */
  async function heard(name: string, act?: (abort: () => void, step: number) => unknown): Promise<readonly string[]> {
    const calls: string[] = [];
    const note = (call: string) => (calls.at(-1) === call ? undefined : calls.push(call));
    await trainTiny(folder.within(name), {
      changes: short,
      observer: abort => ({
        onStart: ({ startStep }) => note(`start at ${startStep}`),
        onStep: ({ step }) => {
          note('steps');
          act?.(abort, step);
        },
        onHealth: ({ health }) => note(health.rankLimit > 0 ? 'health' : 'no health'),
        onEpoch: ({ epoch }) => note(`epoch ${epoch}`),
        onCheckpoint: () => note('checkpoint'),
        close: (status, error) => note(error instanceof Error ? `${status}: ${error.message}` : status),
      }),
    });
    return calls;
  }

  it('receive every event and are closed at the end', async () => {
    expect(await heard('finished')).to.deep.equal([
      'start at 0',
      'steps',
      'health',
      'steps',
      'epoch 1',
      'checkpoint',
      'steps',
      'health',
      'epoch 2',
      'checkpoint',
      'finished',
    ]);
  });

  it('are closed after an interruption, and again after the training is resumed', async () => {
    const stopped = await heard('interrupted', (abort, step) => step === 2 && abort());
    expect(stopped.at(-1)).to.equal('interrupted');
    const resumed = await heard('interrupted');
    expect([resumed[0], resumed.at(-1)]).to.deep.equal(['start at 3', 'finished']);
  });

  it('are closed after an error, with the error', async () => {
    const closed: unknown[] = [];
    const failing = trainTiny(folder.within('failed'), {
      changes: { ...short, optimizer: { use: 'sgd', learningRate: 1e300 }, schedule: 'constant' },
      observer: () => ({ close: (status, error) => closed.push(status, error) }),
    });
    const error: unknown = await failing.catch((reason: unknown) => reason);
    expect(closed).to.deep.equal(['failed', error]);
  });

  it('never end it: one that throws is switched off, and the losses are those of a training without it', async () => {
    const [own, other] = [folder.within('throwing'), folder.within('silent')];
    const { reports, status } = await trainTiny(own, {
      changes: short,
      observer: () => ({
        name: 'thrower',
        onStep: () => {
          throw new Error('the network is gone');
        },
      }),
    });
    expect(status).to.equal('finished');
    expect(reports.map(({ loss }) => loss)).to.deep.equal(
      (await trainTiny(other, { changes: short })).reports.map(({ loss }) => loss),
    );
    expect(readFileSync(folder.within('throwing', 'log.txt'), 'utf8')).to.match(
      /^\S+ observer thrower is switched off: the network is gone\n$/,
    );
  });
});
