import { type Availability, type Backend, CarlError, defineComponent, type Installer, slots } from '@carl-ssl/core';
import {
  activateBest,
  backendOf,
  catalogueOf,
  chooseBackend,
  installerOf,
  listBackends,
  loadFirstParty,
  type OpenRun,
} from '@carl-ssl/core/host';
import { backendTable, builtin, contractOf, cpu } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import { Type } from 'typebox';

const fake = (name: string, rank: number, probe: () => Promise<Availability>): Backend => ({
  name,
  rank,
  probe,
  activate: () => Promise.reject(new Error('choosing must not activate')),
  fingerprint: () => ({ name, versions: {}, threads: 1, flags: {} }),
});
const available = (name: string, rank: number) =>
  fake(name, rank, () => Promise.resolve({ available: true, reason: 'found' }));
const missing = (name: string, rank: number, remedy?: string) =>
  fake(name, rank, () => Promise.resolve({ available: false, reason: 'not installed', remedy }));

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
  it('picks the available backend of the highest rank for auto, and reports all, highest rank first', async () => {
    const candidates = [available('slow', 0), missing('fast', 100, 'Install it.'), available('middle', 50)];
    const { backend, report } = await chooseBackend(candidates, 'auto');
    expect(backend.name).to.equal('middle');
    expect(report).to.deep.equal([
      { name: 'fast', rank: 100, available: false, reason: 'not installed', remedy: 'Install it.', chosen: false },
      { name: 'middle', rank: 50, available: true, reason: 'found', chosen: true },
      { name: 'slow', rank: 0, available: true, reason: 'found', chosen: false },
    ]);
  });

  it('picks a named backend of any rank', async () => {
    const { backend, report } = await chooseBackend([available('slow', 0), available('fast', 100)], 'slow');
    expect(backend.name).to.equal('slow');
    expect(report.map(({ chosen }) => chosen)).to.deep.equal([false, true]);
  });

  it('reports why a named backend is unavailable, with a remedy', async () => {
    const candidates = [missing('fast', 1, 'Install it: x.'), available('slow', 0)];
    const error = await failure(chooseBackend(candidates, 'fast'));
    expect(error.code).to.equal('BACKEND_UNAVAILABLE');
    expect(error.message).to.equal(
      'The backend `fast` is not available on this machine: not installed. Install it: x.',
    );
    expect((await failure(chooseBackend([missing('fast', 1)], 'fast'))).message).to.contain('use: auto');
  });

  it('lists the backends if none has the name', async () => {
    const error = await failure(chooseBackend([available('slow', 0), available('fast', 1)], 'quantum'));
    expect(error.code).to.equal('INPUT_ARGUMENT');
    expect(error.message).to.contain('no backend `quantum`. Backends: `fast`, `slow`.');
  });

  it('treats a backend whose probe throws as unavailable', async () => {
    const broken = fake('broken', 100, () => Promise.reject(new Error('no such file')));
    const { backend, report } = await chooseBackend([broken, available('slow', 0)], 'auto');
    expect(backend.name).to.equal('slow');
    expect(report[0]).to.include({ available: false, reason: 'probing it failed: no such file' });
    expect((await failure(chooseBackend([broken], 'auto'))).code).to.equal('BACKEND_UNAVAILABLE');
  });

  it('falls back from a backend that is damaged or does not start, with a warning, unless it was named', async () => {
    const [works, broken] = [available('slow', 0), available('fast', 9)].map((one, i) => ({
      ...one,
      activate: () => (i === 0 ? Promise.resolve({}) : Promise.reject(new CarlError('BACKEND_UNAVAILABLE', 'Truncated.'))),
    })); // prettier-ignore
    const damaged = fake('fine', 20, () =>
      Promise.resolve({ available: false, damaged: true, reason: 'damaged', remedy: 'Install it again.' }),
    );
    const warnings: string[] = [];
    const warn = (line: string) => warnings.push(line);
    expect((await activateBest([works, broken], 'auto', warn)).name).to.equal('slow');
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(/backend fast does not start.*many times as long\. Truncated\.$/);
    expect((await activateBest([works, damaged], 'auto', warn)).name).to.equal('slow');
    expect(warnings[1]).to.match(/backend fine is not used: damaged\. Computing on slow,.* Install it again\.$/);
    expect((await failure(activateBest([works, broken], 'fast', warn))).message).to.equal('Truncated.');
    expect((await failure(activateBest([broken], 'auto', warn))).message).to.equal('Truncated.');
    expect(warnings).to.have.length(2);
  });

  it('always finds plain JavaScript', async () => {
    const backend = cpu.create({}, {});
    expect([backend.name, backend.rank, (await backend.probe()).available]).to.deep.equal(['cpu', 0, true]);
    expect(backend.fingerprint()).to.include({ name: 'cpu', threads: 1 });
  });
});

describe('installing backends', () => {
  const installer: Installer = {
    install: () => Promise.resolve('/cache/fast'),
    remove: () => Promise.resolve(0),
    status: () => Promise.resolve({ state: 'installed', folder: '/cache/fast', versions: { lib: '1.2' }, bytes: 5e9 }),
  };
  const component = (backend: Backend) =>
    defineComponent(slots.backend, {
      use: backend.name,
      description: 'A backend.',
      options: Type.Object({}, { additionalProperties: false }),
      create: () => backend,
    });
  const catalogue = catalogueOf([
    builtin,
    {
      name: 'third-party',
      components: [component(available('fast', 9)), component(missing('faster', 10, 'Install it.'))],
      installers: { fast: installer },
    },
  ]);

  it('uses the installer that the plugin lists for the backend', () => {
    expect(installerOf(catalogue, 'fast')).to.equal(installer);
    expect(() => installerOf(catalogue, 'cpu')).to.throw(CarlError, '`cpu` needs no installation');
    expect(() => installerOf(catalogue, 'quantum')).to.throw(CarlError, 'no backend `quantum`. Backends to install: `fast`.');
  }); // prettier-ignore

  it('lists backends with the state of their installations', async () => {
    const listings = await listBackends(catalogue);
    expect(listings.map(({ name, chosen, installation }) => [name, chosen, installation?.state])).to.deep.equal([
      ['faster', false, undefined],
      ['fast', true, 'installed'],
      ['cpu', false, undefined],
    ]);
    expect(backendTable(listings)).to.equal(
      [
        '  backend  available  installed',
        '  faster   no         -          not installed',
        '                                 Install it.',
        '* fast     yes        yes        found',
        '                                 lib 1.2, 5.00 GB, /cache/fast',
        '  cpu      yes        -          plain JavaScript, one thread, slow',
      ].join('\n'),
    );
  });

  it('of a run keeps the options of its pipeline, also when it is named', () => {
    const backend = { use: 'wasm', threads: 3 };
    const opened = { lock: { backend: { name: 'wasm' } }, loaded: { pipeline: { backend } } } as unknown as OpenRun;
    expect([backendOf(opened), backendOf(opened, 'wasm')]).to.deep.equal([backend, backend]);
    expect(backendOf(opened, 'cpu')).to.deep.equal({ use: 'cpu' });
    const automatic = { ...opened, loaded: { pipeline: { backend: { use: 'auto' } } } } as unknown as OpenRun;
    expect(backendOf(automatic)).to.deep.equal({ use: 'wasm' });
  });

  it('refuses a plugin with an installer that is incomplete or belongs to none of its backends', () => {
    const plugin = { name: 'p', components: [component(available('fast', 9))] };
    expect(() => contractOf({ ...plugin, installers: { other: installer } })).to.throw(
      '`p` breaks the plugin contract: has an installer `other` but no such backend.',
    );
    expect(() =>
      contractOf({ ...plugin, installers: { fast: { ...installer, remove: undefined as never } } }),
    ).to.throw('has an installer `fast` without `remove`');
  });

  it('finds the installers of this project by the names of its backends', async () => {
    const ours = await loadFirstParty();
    for (const [name, folder] of [
      ['tensorflow', 'cpu-'],
      ['tensorflow-gpu', 'gpu-'],
    ] as const)
      expect((await installerOf(ours, name).status()).folder).to.contain(folder);
    expect(() => installerOf(ours, 'webgpu')).to.throw('`webgpu` needs no installation');
  });
});
