import { CarlError } from '@carl-ssl/core';
import type { RunDirectory } from '@carl-ssl/core/host';
import { withTrainingLock } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { onCpu, temporaryFolder, trainTiny } from '../e2e/tiny.js';

describe('the claim of a training on its run directory', () => {
  const folder = temporaryFolder();
  let run: RunDirectory;
  before(onCpu);
  before(async () => {
    ({ run } = await trainTiny(folder.within('run'), { changes: { trainer: { epochs: 1, batchSize: 32 } } }));
  });

  const claims = () => readdirSync(run.path).filter(name => name.startsWith('training'));
  const enter = () => withTrainingLock(run, () => Promise.resolve('trained'));
  const refusal = (): Promise<CarlError> =>
    enter().then(
      () => expect.fail('both are inside'),
      (error: unknown) => error as CarlError,
    );
  /** Leaves the claim of a process that cannot be seen from here. */
  const foreign = (age: number, claimant: object = { process: 7, host: 'another-machine' }): string => {
    const file = join(run.path, 'training-00f0.json');
    writeFileSync(file, JSON.stringify(claimant));
    const seconds = Date.now() / 1000 - age;
    utimesSync(file, seconds, seconds);
    return file;
  };

  it('lets one of several in that start at once beside the claim of a killed process', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    for (let round = 0; round < 8; round++) {
      await withTrainingLock(run, () => {
        // As the killed process wrote it, on this machine.
        const own = JSON.parse(readFileSync(join(run.path, claims()[0]), 'utf8')) as object;
        return Promise.resolve(void foreign(0, { ...own, process: pid }));
      });
      let inside = 0;
      let entered = 0;
      const start = () =>
        withTrainingLock(run, async () => {
          entered += 1;
          inside += 1;
          expect(inside).to.equal(1);
          await setTimeout(5);
          inside -= 1;
        });
      const ends = await Promise.allSettled([start(), start(), start()]);
      for (const end of ends) if (end.status === 'rejected') expect(CarlError.is(end.reason)).to.equal(true);
      expect(entered).to.be.at.least(1);
      expect(claims()).to.deep.equal([]);
    }
  });

  it('is respected as long as it is renewed, also from another machine or container', async () => {
    const file = foreign(5);
    const beat = setInterval(() => foreign(0), 100);
    try {
      const error = await refusal();
      expect(error).to.have.property('code', 'INPUT_RUN');
      expect(error.message).to.contain('is being trained by the process 7 on another-machine. Wait until it ends');
      expect(error.message).to.contain(`delete ${file}`);
    } finally {
      clearInterval(beat);
      rmSync(file);
    }
    expect(claims()).to.deep.equal([]);
  });

  it('is removed when it was not renewed for long, or is of an earlier version', async () => {
    for (const claimant of [
      undefined,
      { process: 1, host: hostname() },
      { process: 1, host: hostname(), space: 'x' },
    ]) {
      foreign(30, claimant);
      expect(await enter()).to.equal('trained');
    }
    writeFileSync(foreign(0), '');
    utimesSync(join(run.path, 'training-00f0.json'), 1, 1);
    expect(await enter()).to.equal('trained');
    expect(claims()).to.deep.equal([]);
  });

  it('is renewed by a thread while the process computes', async () => {
    await withTrainingLock(run, async () => {
      const file = join(run.path, claims()[0]);
      utimesSync(file, 1, 1);
      const until = Date.now() + 10_000;
      // The thread starts in the background and then needs nothing of this one.
      await setTimeout(1000);
      while (Date.now() < until && readMtime(file) < 10_000);
      expect(readMtime(file)).to.be.above(10_000);
      expect(JSON.parse(readFileSync(file, 'utf8'))).to.include({ process: process.pid, host: hostname() });
    });
  });

  it('stops a training that finds its claim taken over', async () => {
    const error: unknown = await withTrainingLock(run, async () => {
      rmSync(join(run.path, claims()[0]));
      await run.appendMetrics({ v: 1, type: 'epoch', step: 1, epoch: 1, loss: 0 });
    }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(CarlError).with.property('code', 'INPUT_RUN');
    expect((error as CarlError).message).to.contain('another process continued this run');
  });
});

const readMtime = (file: string): number => statSync(file).mtimeMs;
