import { catalogueOf, componentsOf, createRoot, type GoldenOutcome, runGolden } from '@carl-ssl/core/host';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import optim from '@carl-ssl/optim';

const cases = new URL('../golden/cases/', import.meta.url).pathname;
const catalogue = catalogueOf([optim]);
const components = componentsOf(createRoot(catalogue));

describe('golden cases', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'carl-golden-'));
    for (const name of ['cosine-carp', 'cosine-warmup'])
      cpSync(join(cases, 'schedule', name), join(folder, 'schedule', name), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const file = (name: string) => join(folder, 'schedule', name, 'case.json');
  const change = (name: string, edit: (text: string) => string) =>
    writeFileSync(file(name), edit(readFileSync(file(name), 'utf8')));
  async function outcomes(): Promise<GoldenOutcome[]> {
    const all: GoldenOutcome[] = [];
    for await (const outcome of runGolden(folder, { catalogue, components })) all.push(outcome);
    return all;
  }
  const statuses = async () => (await outcomes()).map(({ name, status }) => `${name} ${status}`);

  it('pass as they are', async () => {
    expect(await statuses()).to.deep.equal(['cosine-carp passed', 'cosine-warmup passed']);
  });

  it('fail on a wrong number', async () => {
    change('cosine-carp', text => text.replace(/"startValue": [\d.]+/, '"startValue": 123'));
    const [first, second] = await outcomes();
    expect(first).to.include({ status: 'failed', detail: 'values' });
    expect(first.worst).to.be.above(1);
    expect(second.status).to.equal('passed');
  });

  it('are skipped without their component, and fail where they should have been refused', async () => {
    change('cosine-carp', text => text.replace('"use": "cosine-warmup"', '"use": "missing"'));
    change('cosine-warmup', text => text.replace(/"expect": \{[^}]*\}\s*\}/, '"expect": {"error": true}'));
    const [first, second] = await outcomes();
    expect(first).to.include({ status: 'skipped' });
    expect(first.detail).to.match(/^no component missing/);
    expect(second).to.include({ status: 'failed', detail: 'should have been refused' });
  });

  it('that cannot be read fail alone, with the file named', async () => {
    writeFileSync(file('cosine-carp'), '{ "format": 1,');
    const [first, second] = await outcomes();
    expect(first).to.include({ kind: 'schedule', name: 'cosine-carp', status: 'failed' });
    expect(first.detail).to.contain(file('cosine-carp'));
    expect(second.status).to.equal('passed');
  });
});
