import { type Availability, type Backend, CarlError } from '@carl-ssl/core';
import { activateBest, chooseBackend } from '@carl-ssl/core/host';
import { backendsText, cpu } from '@carl-ssl/core/testing';
import { expect } from 'chai';

const fake = (name: string, rank: number, probe: () => Promise<Availability>): Backend => ({
  name,
  rank,
  probe,
  activate: () => Promise.reject(new Error('choosing must not activate')),
  fingerprint: () => ({ name, versions: {}, threads: 1, flags: {} }),
});
const there = (name: string, rank: number) =>
  fake(name, rank, () => Promise.resolve({ available: true, reason: 'found' }));
const missing = (name: string, rank: number, remedy?: string) =>
  fake(name, rank, () => Promise.resolve({ available: false, reason: 'it is not installed', remedy }));

async function failure(choice: Promise<unknown>): Promise<CarlError> {
  try {
    await choice;
  } catch (error) {
    if (CarlError.is(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('choosing a backend', () => {
  it('auto takes the available one with the highest rank, and reports on all, best first', async () => {
    const candidates = [there('slow', 0), missing('fast', 100, 'Install it.'), there('middle', 50)];
    const { backend, report } = await chooseBackend(candidates, 'auto');
    expect(backend.name).to.equal('middle');
    expect(report).to.deep.equal([
      { name: 'fast', rank: 100, available: false, reason: 'it is not installed', remedy: 'Install it.', taken: false },
      { name: 'middle', rank: 50, available: true, reason: 'found', taken: true },
      { name: 'slow', rank: 0, available: true, reason: 'found', taken: false },
    ]);
  });

  it('takes a named one, whatever its rank', async () => {
    const { backend, report } = await chooseBackend([there('slow', 0), there('fast', 100)], 'slow');
    expect(backend.name).to.equal('slow');
    expect(report.map(({ taken }) => taken)).to.deep.equal([false, true]);
  });

  it('says why a named one cannot be used, and what to do', async () => {
    const error = await failure(chooseBackend([missing('fast', 1, 'Install it with: x.'), there('slow', 0)], 'fast'));
    expect(error.code).to.equal('BACKEND_UNAVAILABLE');
    expect(error.message).to.equal(
      'The backend `fast` cannot be used on this machine: it is not installed. Install it with: x.',
    );
    expect((await failure(chooseBackend([missing('fast', 1)], 'fast'))).message).to.contain('use: auto');
  });

  it('names what there is when there is none of that name', async () => {
    const error = await failure(chooseBackend([there('slow', 0), there('fast', 1)], 'quantum'));
    expect(error.code).to.equal('INPUT_ARGUMENT');
    expect(error.message).to.contain('no backend `quantum`; there are: `fast`, `slow`');
  });

  it('takes a probe that throws for an unavailable backend', async () => {
    const broken = fake('broken', 100, () => Promise.reject(new Error('no such file')));
    const { backend, report } = await chooseBackend([broken, there('slow', 0)], 'auto');
    expect(backend.name).to.equal('slow');
    expect(report[0]).to.include({ available: false, reason: 'looking for it failed: no such file' });
    expect((await failure(chooseBackend([broken], 'auto'))).code).to.equal('BACKEND_UNAVAILABLE');
  });

  it('goes on with the next where one is damaged or does not start, and says so; not where it was named', async () => {
    const [works, broken] = [there('slow', 0), there('fast', 9)].map((one, i) => ({
      ...one,
      activate: () => (i === 0 ? Promise.resolve({}) : Promise.reject(new CarlError('BACKEND_UNAVAILABLE', 'Cut off.'))),
    })); // prettier-ignore
    const damaged = fake('fine', 20, () =>
      Promise.resolve({ available: false, damaged: true, reason: 'it is damaged', remedy: 'Install it again.' }),
    );
    const told: string[] = [];
    const warn = (line: string) => told.push(line);
    expect((await activateBest([works, broken], 'auto', warn)).name).to.equal('slow');
    expect(told).to.have.length(1);
    expect(told[0]).to.match(/backend fast does not start.*many times slower\. Cut off\.$/);
    expect((await activateBest([works, damaged], 'auto', warn)).name).to.equal('slow');
    expect(told[1]).to.match(/without the backend fine, it is damaged; slow may take many times as long. Install it/);
    expect((await failure(activateBest([works, broken], 'fast', warn))).message).to.equal('Cut off.');
    expect((await failure(activateBest([broken], 'auto', warn))).message).to.equal('Cut off.');
    expect(told).to.have.length(2);
  });

  it('prints a table with the choice marked and remedies below', async () => {
    const { report } = await chooseBackend([there('slow', 0), missing('fastest', 9, 'Install it.')], 'auto');
    expect(backendsText(report)).to.equal(
      ['  fastest  no    it is not installed', '                 Install it.', '* slow     yes   found'].join('\n'),
    );
  });

  it('always has plain JavaScript', async () => {
    const backend = cpu.create({}, {});
    expect([backend.name, backend.rank, (await backend.probe()).available]).to.deep.equal(['cpu', 0, true]);
    expect(backend.fingerprint()).to.include({ name: 'cpu', threads: 1 });
  });
});
