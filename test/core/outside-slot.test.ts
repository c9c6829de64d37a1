import { explain, listComponents, loadPipeline, PipelineError } from '@carl-ssl/core/host';
import { contractOf } from '@carl-ssl/core/testing';
import type { Plugin } from '@carl-ssl/core';
import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { onCpu, temporaryFolder, trainTiny, writePipeline } from '../e2e/tiny.js';

const file = fileURLToPath(new URL('../samples/plugins/own-slot.mjs', import.meta.url));
const tiny = fileURLToPath(new URL('../samples/plugins/tiny.mjs', import.meta.url));

/** A tiny training under the objective of the plugin, with a component in the plugin's own slot. */
const changes = (lossScale: unknown): Record<string, unknown> => ({
  plugins: [tiny, file],
  assigner: undefined,
  objective: 'scaled',
  lossScale,
  trainer: { epochs: 1, batchSize: 16 },
});

describe('a slot that a plugin defines', () => {
  const folder = temporaryFolder();
  before(onCpu);

  it('is a key of the pipeline, with defaults, an origin and an explanation', async () => {
    const loaded = await loadPipeline(writePipeline(folder.within('key.yaml'), changes('fixed')));
    expect(loaded.pipeline).to.have.property('lossScale').that.deep.equals({ use: 'fixed', factor: 2 });
    expect(explain(loaded, 'lossScale.factor')).to.include({ value: 2, description: 'The factor.' });
    expect(listComponents(loaded.pipeline, loaded.catalogue).map(({ slot }) => slot)).to.include('scale');
  });

  it('is checked like any other: options, names, requirements', async () => {
    const problems = async (lossScale: unknown): Promise<string> => {
      const path = writePipeline(folder.within('wrong.yaml'), changes(lossScale));
      const error: unknown = await loadPipeline(path).catch((reason: unknown) => reason);
      return error instanceof PipelineError ? error.diagnostics.map(({ code, path }) => `${code} ${path}`).join() : '';
    };
    expect(await problems({ use: 'fixed', factr: 3 })).to.equal('KEY_UNKNOWN lossScale.factr');
    expect(await problems('fixd')).to.equal('COMPONENT_UNKNOWN lossScale.use');
    expect(await problems(undefined)).to.equal('REQUIREMENT_MISSING objective');
  });

  it('is injected into the components that ask for it', async () => {
    const [once, thrice] = [
      await trainTiny(folder.within('one'), { changes: changes({ use: 'fixed', factor: 1 }) }),
      await trainTiny(folder.within('three'), { changes: changes({ use: 'fixed', factor: 3 }) }),
    ];
    expect(thrice.reports[0].loss).to.be.closeTo(3 * once.reports[0].loss, 1e-5 * thrice.reports[0].loss);
  });

  it('has its own rules in the contract kit', async () => {
    const { default: plugin } = (await import(file)) as { default: Plugin };
    const clausesFor = (factor: number) =>
      contractOf(plugin, { examples: { 'scale fixed': [{ options: { factor } }] } }).filter(
        ({ component, rule }) => component === 'scale fixed' && rule === 'is positive',
      );
    expect(await clausesFor(1)[0].check()).to.deep.equal([]);
    expect(await clausesFor(-1)[0].check()).to.deep.equal(['the factor is -1']);
  });
});
