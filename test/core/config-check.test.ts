import type { Facts } from '@carl-ssl/core';
import { checkPipeline, explain, listComponents, loadPipeline, loadPlugins, PipelineError } from '@carl-ssl/core/host';
import { expect } from 'chai';
import { load, minimal, samples, withFiles } from './config-support.js';
import { dirname, join } from 'node:path';

const facts: Facts = {
  batchSize: 4,
  epochs: 1,
  views: [],
  featureDim: 8,
  embeddingDim: 8,
  uses: {},
};
const assigner = 'assigner:\n  use: prototypes\n  count: 64\n';

const clusters = minimal.replace('objective: pairs', 'objective: clusters');

describe('checking a pipeline', () => {
  it('marks the options that findings of components are about, also if they have their defaults', async () => {
    const warnings = checkPipeline(await load(clusters + assigner), facts);
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.deep.include({
      code: 'PROTOTYPES_MANY',
      severity: 'warning',
      line: 12,
      column: 3,
      path: 'assigner.count',
    });
    expect(warnings[0]?.message).to.equal('assigner `prototypes`: 64 prototypes are many for a batch of 4.');
    expect(checkPipeline(await load(clusters + assigner), { ...facts, batchSize: 8 })).to.deep.equal([]);
  });

  it('warns of an assigner that no objective uses', async () => {
    const codes = async (text: string) =>
      checkPipeline(await load(text + assigner), { ...facts, batchSize: 8 }).map(({ code }) => code);
    expect(await codes(minimal)).to.deep.equal(['ASSIGNER_UNUSED']);
    expect(await codes(clusters)).to.deep.equal([]);
  });

  it('throws errors of components, with all of them, also of nested ones', async () => {
    const fussy = `
      import { defineComponent, definePlugin, slots } from '@carl-ssl/core';
      const options = { type: 'object', properties: { depth: { type: 'integer', default: 1, description: 'x' } }, additionalProperties: false };
      const check = ({ depth }) => [{ severity: 'error', code: 'FUSSY', path: 'depth', message: 'depth is ' + depth + '.' }];
      export default definePlugin({ name: 'fussy', components: [
        defineComponent(slots.augmentation, { use: 'fussy', description: 'Fussy.', options, check, create: () => ({}) }) ] });`;
    const source = fussy.replace('@carl-ssl/core', new URL('../../core/dist/index.js', import.meta.url).href);
    const text = minimal
      .replace('basics.mjs]', 'basics.mjs, ./fussy.mjs]')
      .replace(
        'augmenter: crops',
        'augmenter:\n  use: crops\n  steps:\n    - fussy\n    - { use: maybe, step: { use: fussy, depth: 3 } }',
      );
    await withFiles({ 'fussy.mjs': source, 'p.yaml': text }, async cwd => {
      const loaded = await loadPipeline('p.yaml', { cwd });
      expect(() => checkPipeline(loaded, facts))
        .to.throw(PipelineError)
        .with.property('diagnostics')
        .that.has.length(2);
      try {
        checkPipeline(loaded, facts);
      } catch (error) {
        const found = (error as PipelineError).diagnostics.map(({ path, line, message }) => [path, line, message]);
        expect(found).to.deep.equal([
          ['augmenter.steps.0.depth', 7, 'augmentation `fussy`: depth is 1.'],
          ['augmenter.steps.1.step.depth', 8, 'augmentation `fussy`: depth is 3.'],
        ]);
      }
    });
  });

  it('knows what a pipeline provides by its parts and its components', async () => {
    const complete = await loadPipeline('valid/complete.yaml', { cwd: samples });
    expect(complete.warnings).to.deep.equal([]);
    const without = loadPipeline('valid/complete.yaml', { cwd: samples, set: ['data.labelled=false'] });
    const error = (await without.catch((caught: unknown) => caught)) as PipelineError;
    expect(error.diagnostics.map(({ code, path }) => `${code} ${path}`)).to.deep.equal([
      'REQUIREMENT_MISSING evaluate.0',
      'REQUIREMENT_MISSING evaluate.1',
    ]);
  });
});

describe('listing components', () => {
  it('finds all of a pipeline, nested ones too, with their options', async () => {
    const { pipeline, catalogue } = await loadPipeline('valid/complete.yaml', { cwd: samples });
    const found = listComponents(pipeline, catalogue);
    expect(found.map(({ path, slot, use }) => `${path.join('.')} ${slot} ${use}`)).to.include.members([
      'augmenter augmenter crops',
      'augmenter.steps.1 augmentation maybe',
      'augmenter.steps.1.step augmentation flip',
      'predictor head projector',
      'evaluate.1 evaluator neighbours',
    ]);
    const inner = found.find(({ path }) => path.join('.') === 'augmenter.steps.1');
    expect(inner?.options).to.deep.equal({ probability: 0.2, step: { use: 'flip', probability: 0.5 } });
    expect(inner?.component).to.equal(catalogue.get('augmentation', 'maybe'));
  });
});

describe('explaining a key', () => {
  const loaded = loadPipeline('valid/complete.yaml', { cwd: samples, set: ['trainer.epochs=3'] });

  it('gives value, origin, meaning, range and default', async () => {
    expect(explain(await loaded, 'teacher.momentum')).to.deep.equal({
      path: 'teacher.momentum',
      value: 0.9,
      origin: { kind: 'file', text: 'valid/complete.yaml:22:36' },
      description: 'Share that is kept.',
      takes: 'a number, from 0 to 1',
      default: 0.99,
      inner: [],
    });
    expect(explain(await loaded, 'trainer.epochs').origin?.text).to.equal('--set');
    expect(explain(await loaded, 'trainer.keepCheckpoints')).to.deep.include({ value: 2, default: 2 });
  });

  it('explains keys that are not set, and whole components', async () => {
    const encoder = explain(await loaded, 'encoder');
    expect(encoder.component).to.deep.equal({ description: 'For the samples: small-net.' });
    expect(encoder.inner.map(({ path }) => path)).to.include.members(['encoder.use', 'encoder.tags', 'encoder.stem']);
    const tags = explain(await loaded, 'encoder.tags');
    expect(tags).to.not.have.property('value');
    expect(tags).to.not.have.property('origin');
    expect(explain(await loaded, 'augmenter.steps.1.step.probability').description).to.equal('How often.');
  });

  it('refuses keys that do not exist, with a guess', async () => {
    const pipeline = await loaded;
    expect(() => explain(pipeline, 'encoder.widht')).to.throw('Did you mean `encoder.width`?');
    expect(() => explain(pipeline, 'trainer.constructor')).to.throw('There is no key');
    expect(() => explain(pipeline, 'seed.deeper')).to.throw('There is no key `seed.deeper`');
  });
});

describe('plugins of an extended file', () => {
  it('are looked up from the file that lists them', async () => {
    const folder = join(samples, 'plugins');
    expect((await loadPlugins(['./basics.mjs'], folder)).get('encoder', 'small-net')).to.not.equal(undefined);
    const { pipeline } = await loadPipeline('valid/minimal.yaml', { cwd: samples });
    expect(pipeline.plugins).to.deep.equal([join(dirname(folder), 'plugins', 'basics.mjs')]);
  });
});
