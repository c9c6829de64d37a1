import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { carl } from './cli.js';
import { remains, temporaryFolder, writePipeline } from './tiny.js';

interface Event {
  readonly name: string;
  readonly cat: 'part' | 'operation';
  readonly ts: number;
  readonly dur: number;
}

describe('carl train --profile', () => {
  const folder = temporaryFolder();

  it('prints the parts and operations of a step, leaves a trace and changes no number', async () => {
    const pipeline = writePipeline(folder.within('run.yaml'), { trainer: { epochs: 4, batchSize: 16 } });
    const [plain, timed] = [folder.within('plain'), folder.within('timed')];
    await carl(['train', pipeline, '--out', plain, '--quiet']);
    const { code, stdout } = await carl(['train', pipeline, '--out', timed, '--quiet', '--profile']);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^profile: means of 10 steps$/m);
    for (const part of ['views', 'encoder forward', 'head forward', 'assigner', 'objective', 'backward', 'optimizer'])
      expect(stdout).to.match(new RegExp(`^${part} +\\d`, 'm'));
    expect(remains(timed)).to.deep.equal(remains(plain));
    expect(existsSync(`${plain}/trace.json`)).to.equal(false);
    checkTrace((JSON.parse(readFileSync(`${timed}/trace.json`, 'utf8')) as { traceEvents: Event[] }).traceEvents);
  });

  it('reports a training that is too short', async () => {
    const pipeline = writePipeline(folder.within('short.yaml'), { trainer: { epochs: 1, batchSize: 32 } });
    const { stdout } = await carl(['train', pipeline, '--out', folder.within('short'), '--quiet', '--profile']);
    expect(stdout).to.contain('no step was timed, the training is too short');
  });
});

/** Parts lie within their step, and operations take no longer than the parts they are in. */
function checkTrace(events: readonly Event[]): void {
  const steps = events.filter(({ name }) => name === 'step');
  const within = ({ ts, dur }: Event) => steps.some(step => ts >= step.ts - 1 && ts + dur <= step.ts + step.dur + 2);
  expect(steps).to.have.length(10);
  const forwards = events.filter(({ name }) => name === 'encoder forward');
  expect(forwards).to.have.length(10);
  expect(forwards.every(within)).to.equal(true);
  expect(events.filter(({ name }) => name === 'backward').every(within)).to.equal(true);
  const operations = events.filter(({ cat }) => cat === 'operation');
  expect(operations.length).to.be.above(500);
  const sum = (list: readonly Event[]) => list.reduce((total, { dur }) => total + dur, 0);
  expect(sum(operations.filter(within))).to.be.below(sum(steps));
}
