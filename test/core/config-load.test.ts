// cspell:ignore flaot
import { loadPipeline, PipelineError } from '@carl-ssl/core/host';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { homedir } from 'node:os';
import { expect } from 'chai';
import { codes, load, minimal, plugin, problems, samples, withFiles } from './config-support.js';

describe('loading a pipeline', () => {
  it('fills every default in and freezes everything', async () => {
    const { pipeline } = await load(minimal);
    expect(pipeline.objective).to.deep.equal({ use: 'pairs', temperature: 0.5, margin: null });
    expect(pipeline.trainer.batchSize).to.equal(256);
    expect(pipeline.backend).to.deep.equal({ use: 'auto' });
    expect(pipeline.evaluate).to.deep.equal([]);
    expect(() => Object.assign(pipeline.trainer, { epochs: 2 })).to.throw(TypeError);
    expect(() => (pipeline.augmenter as unknown as { scale: number[] }).scale.push(1)).to.throw(TypeError);
  });

  it('fills defaults inside of alternatives and nested components', async () => {
    const { pipeline } = await loadPipeline('valid/complete.yaml', { cwd: samples });
    expect(pipeline.objective.entropyWeight).to.deep.equal({ from: 5, to: 1, over: 1 });
    expect(pipeline.augmenter.steps).to.deep.equal([
      { use: 'flip', probability: 0.5 },
      { use: 'maybe', probability: 0.2, step: { use: 'flip', probability: 0.5 } },
    ]);
  });

  it('makes paths absolute from the file they are written in, and from the working folder for arguments', async () => {
    const files = {
      'base/base.yaml': minimal.replace('folder: images', 'folder: in-base'),
      'top.yaml': 'extends: base/base.yaml\nencoder: { weights: ~/w.safetensors }\n',
    };
    await withFiles(files, async cwd => {
      const { pipeline } = await loadPipeline('top.yaml', { cwd });
      expect(pipeline.data.folder).to.equal(join(cwd, 'base', 'in-base'));
      expect(pipeline.encoder.weights).to.equal(join(homedir(), 'w.safetensors'));
      const set = await loadPipeline('top.yaml', { cwd, set: ['data.folder=here'] });
      expect(set.pipeline.data.folder).to.equal(join(cwd, 'here'));
    });
  });

  it('gives the origin of each value', async () => {
    await withFiles({ 'base.yaml': minimal, 'top.yaml': 'extends: base.yaml\nseed: 3\n' }, async cwd => {
      const loaded = await loadPipeline('top.yaml', { cwd, set: ['trainer.epochs=5'], backend: 'plain', seed: 9 });
      expect(loaded.origin('seed')?.text).to.equal('--seed');
      expect(loaded.origin('backend.use')?.text).to.equal('--backend');
      expect(loaded.origin('trainer.epochs')?.text).to.equal('--set');
      expect(loaded.origin('optimizer.learningRate')?.text).to.equal('base.yaml:7:42');
      expect(loaded.origin('trainer.batchSize')?.text).to.equal('default');
      expect(loaded.origin('augmenter.scale.1')?.text).to.equal('default');
      expect(loaded.origin('augmenter.scale.2')).to.equal(undefined);
      expect(loaded.origin('constructor')).to.equal(undefined);
      expect(loaded.pipeline.seed).to.equal(9);
      expect(loaded.files).to.deep.equal([join(cwd, 'top.yaml'), join(cwd, 'base.yaml')]);
      expect(loaded.source).to.equal('extends: base.yaml\nseed: 3\n');
    });
  });

  it('gives the same with any line endings and with a byte order mark', async () => {
    const plain = await load(minimal);
    const other = await load(`\ufeff${minimal.replaceAll('\n', '\r\n')}`);
    const data = { ...plain.pipeline.data, folder: '' };
    expect({ ...other.pipeline, data: { ...other.pipeline.data, folder: '' } }).to.deep.equal({
      ...plain.pipeline,
      data,
    });
  });

  it('reports a missing file, a folder and a file that is too large without a frame', async () => {
    expect(await codes(`# ${'x'.repeat(1024 * 1024)}`)).to.deep.equal(['FILE_TOO_LARGE']);
    const missing = await loadPipeline('nope.yaml', { cwd: samples }).catch((error: unknown) => String(error));
    expect(missing).to.equal('PipelineError: nope.yaml FILE_UNREADABLE There is no such file.');
    const folder = await loadPipeline('valid', { cwd: samples }).catch((error: unknown) => String(error));
    expect(folder).to.contain('FILE_UNREADABLE This is a folder.');
  });

  it('stops at too many files', async () => {
    const list = Array.from({ length: 60 }, () => 'base.yaml').join(', ');
    await withFiles({ 'base.yaml': 'seed: 1\n', 'top.yaml': `extends: [${list}]\n` }, async cwd => {
      const error = await loadPipeline('top.yaml', { cwd }).catch((caught: unknown) => caught);
      expect(String(error)).to.contain('EXTENDS_TOO_DEEP');
    });
  });

  it('loads other line endings, deep aliases and long lists in reasonable time', async () => {
    const started = performance.now();
    expect(await codes(`${minimal}description: ${'a'.repeat(900_000)}\n`)).to.deep.equal([]);
    expect(await codes(`x: [${'[],'.repeat(30_000)}]\n`)).to.deep.equal(['YAML_TOO_LONG']);
    expect(performance.now() - started).to.be.below(30_000);
  });

  it('reports the first of thousands of errors in good time', async () => {
    const many = (text: (index: number) => string): string => Array.from({ length: 9000 }, (_, i) => text(i)).join('');
    for (const [text, code] of [
      [`observers: [${many(() => '1, ')}]\n`, 'TYPE_WRONG'],
      [many(i => `key${i}: 1\n`), 'KEY_UNKNOWN'],
      [many(i => (i < 4500 ? `key${i}: 1\nkey${i}: 1\n` : '')), 'YAML_DUPLICATE_KEY'],
      [`evaluate: [${many(i => `none${i}, `)}]\n`, 'COMPONENT_UNKNOWN'],
    ]) {
      const started = performance.now();
      const found = await problems(minimal + text);
      expect(performance.now() - started, code).to.be.below(30_000);
      expect(found.length, code).to.be.within(200, 400);
      expect(found.map(one => one.code)).to.include(code);
      const shown = new PipelineError(found).message;
      expect(shown).to.match(/These are the first 100 of at least \d+; correct them first\.$/);
      expect(shown.length).to.be.below(60_000);
    }
  });

  it('refuses a key of the command line that is nested too deeply', async () => {
    const [problem] = await problems(minimal, { set: [`objective.${'a.'.repeat(10_000)}b=1`] });
    expect(`${problem.code} ${problem.message}`).to.equal(
      'SET_SYNTAX The key has 10002 parts; a pipeline is nested at most 40 deep.',
    );
  });
});

describe('extends', () => {
  it('merges later files over earlier ones, and the file itself over all of them', async () => {
    const files = {
      'a.yaml': `${minimal}seed: 1\ndescription: a\n`,
      'b.yaml': 'seed: 2\nobjective: { temperature: 0.3 }\n',
      'top.yaml': 'extends: [a.yaml, b.yaml]\nobjective: { margin: 1 }\n',
    };
    await withFiles(files, async cwd => {
      const { pipeline } = await loadPipeline('top.yaml', { cwd });
      expect(pipeline.seed).to.equal(2);
      expect(pipeline.description).to.equal('a');
      expect(pipeline.objective).to.deep.equal({ use: 'pairs', temperature: 0.3, margin: 1 });
    });
  });

  describe('another component', () => {
    const over = 'teacher: average\npredictor: projector\n';
    const base = minimal.replace('objective: pairs', 'objective: { use: pairs, temperature: 0.3, margin: 2 }');
    const prototypes = 'assigner: { use: prototypes, count: 256, temperature: 0.1 }\n';
    const ours = `${minimal.replace('objective: pairs', 'objective: swav')}${prototypes}`;
    const swapped = async (files: Readonly<Record<string, string>>, set: readonly string[] = []) => {
      const { pipeline, warnings } = await withFiles(files, cwd => loadPipeline('top.yaml', { cwd, set }));
      const swaps = warnings.filter(({ code }) => code === 'SWAP_DROPS_OPTIONS');
      return { ...pipeline, messages: swaps.map(({ message }) => message), warnings: swaps };
    };

    it('takes over the options that it has too, and the others are reported', async () => {
      for (const text of ['follower', '{ use: follower }']) {
        const top = `extends: base.yaml\nobjective: ${text}\n${over}`;
        const { objective, warnings } = await swapped({ 'base.yaml': base, 'top.yaml': top });
        expect(objective).to.deep.equal({ use: 'follower' });
        expect(warnings).to.have.length(1);
        expect(warnings[0]).to.deep.include({ path: 'objective', file: 'top.yaml', line: 2 });
        expect(warnings[0].message).to.contain('`temperature` and `margin`');
        expect(warnings[0].remedy).to.equal('Write options of `follower` below `objective`.');
      }
    });

    it('means the same in an extending file, in --set and in both', async () => {
      const texts = ['sinkhorn', '{ use: sinkhorn }', '{ use: sinkhorn, epsilon: 0.03 }', '{ use: softmax }'];
      for (const text of texts) {
        const inFile = await swapped({ 'base.yaml': ours, 'top.yaml': `extends: base.yaml\nassigner: ${text}\n` });
        const bySet = await swapped({ 'top.yaml': ours }, [`assigner=${text}`]);
        expect(inFile.assigner).to.deep.equal(bySet.assigner);
        expect(inFile.messages).to.deep.equal(bySet.messages);
        expect(inFile.assigner).to.include({ temperature: 0.1 });
      }
    });

    it('overrides with options of its own, and is complete if it takes over none', async () => {
      const top = (text: string) => ({ 'base.yaml': ours, 'top.yaml': `extends: base.yaml\nassigner: ${text}\n` });
      const kept = await swapped(top('{ use: sinkhorn, count: 64 }'));
      expect(kept.assigner).to.include({ use: 'sinkhorn', count: 64, temperature: 0.1 });
      const complete = await swapped(top('{ use: softmax, temperature: 0.2 }'));
      expect(complete.assigner).to.include({ use: 'softmax', temperature: 0.2 });
      expect(complete.messages).to.deep.equal([]);
      expect((await swapped(top('softmax'))).messages).to.have.length(1);
    });

    it('can be replaced again along a chain of files, back to the first too', async () => {
      const files = {
        'base.yaml': ours,
        'middle.yaml': 'extends: base.yaml\nassigner: { use: sinkhorn, epsilon: 0.03 }\n',
        'top.yaml': 'extends: middle.yaml\nassigner: { use: prototypes }\n',
      };
      const { assigner, messages } = await swapped(files);
      expect(assigner).to.include({ use: 'prototypes', count: 256, temperature: 0.1 });
      expect(messages).to.have.length(1);
      expect(messages[0])
        .to.contain('`prototypes` replaces `sinkhorn`')
        .and.to.match(/value: `epsilon`\.$/);
    });

    it('is told by the name of a component in the second of two base files', async () => {
      const files = {
        'a.yaml': ours,
        'b.yaml': 'assigner: sinkhorn\n',
        'top.yaml': 'extends: [a.yaml, b.yaml]\n',
      };
      expect((await swapped(files)).assigner).to.include({ use: 'sinkhorn', count: 256 });
    });
  });

  it('finds a cycle through symbolic links at its first repetition', async () => {
    const texts = { 'top.yaml': 'extends: folder/top.yaml\n', 'file.yaml': 'extends: link.yaml\n' };
    await withFiles(texts, async cwd => {
      symlinkSync('.', join(cwd, 'folder'));
      symlinkSync('file.yaml', join(cwd, 'link.yaml'));
      for (const [file, names] of [
        ['top.yaml', 'top.yaml > top.yaml'],
        ['file.yaml', 'file.yaml > link.yaml'],
      ]) {
        const error: unknown = await loadPipeline(file, { cwd }).catch((reason: unknown) => reason);
        expect(
          (error as PipelineError).diagnostics.map(({ code, message, line }) => [code, message, line]),
        ).to.deep.equal([['EXTENDS_CYCLE', `Files extend each other in a cycle: ${names}.`, 1]]);
      }
    });
  });

  it('replaces lists as a whole', async () => {
    const files = { 'base.yaml': minimal, 'top.yaml': 'extends: base.yaml\ndata: { extensions: [.jpg] }\n' };
    const { pipeline } = await withFiles(files, cwd => loadPipeline('top.yaml', { cwd }));
    expect(pipeline.data.extensions).to.deep.equal(['.jpg']);
  });
});

describe('--set', () => {
  const set = async (...sets: string[]) => (await load(minimal, { set: sets })).pipeline;

  it('reads values as YAML', async () => {
    expect((await set('seed=0x10')).seed).to.equal(16);
    expect((await set('name="5"')).name).to.equal('5');
    expect((await set('augmenter.scale=[0.5, 0.75]')).augmenter.scale).to.deep.equal([0.5, 0.75]);
    expect((await set('data.labelled=true')).data.labelled).to.equal(true);
    expect((await set('description=a = b: c'.replace(': ', ':'))).description).to.equal('a = b:c');
  });

  it('sets new keys, in components in their short form and in entries of lists', async () => {
    expect((await set('objective.temperature=2')).objective).to.deep.equal({
      use: 'pairs',
      temperature: 2,
      margin: null,
    });
    expect((await set('head.use=projector')).head).to.deep.equal({ use: 'projector', outputDim: 64 });
    const steps = (await set('augmenter.steps=[flip, flip]', 'augmenter.steps.1.probability=1')).augmenter.steps;
    expect(steps).to.deep.equal([
      { use: 'flip', probability: 0.5 },
      { use: 'flip', probability: 1 },
    ]);
  });

  it('swaps a component with all its options', async () => {
    const sets = ['objective.temperature=2', 'objective.use=follower', 'teacher=average', 'predictor=projector'];
    expect((await set(...sets)).objective).to.deep.equal({ use: 'follower' });
    expect((await set('objective.temperature=2', 'objective=pairs')).objective.temperature).to.equal(2);
  });

  it('keeps options that both components have, and warns of the others', async () => {
    const swap = async (set: string) => {
      const text = minimal.replace('objective: pairs', `objective: { use: pairs, temperature: 0.3, margin: 2 }`);
      const { pipeline, warnings } = await load(`${text}assigner: { use: prototypes, count: 8 }\n`, { set: [set] });
      return {
        objective: pipeline.objective,
        warnings: warnings.map(({ code, path, message }) => ({ code, path, message })),
      };
    };
    expect(await swap('objective.use=pairs')).to.deep.equal({
      objective: { use: 'pairs', temperature: 0.3, margin: 2 },
      warnings: [],
    });
    for (const set of ['objective.use=clusters', 'objective=clusters', 'objective={ use: clusters }']) {
      const { objective, warnings } = await swap(set);
      expect(objective).to.deep.equal({ use: 'clusters', entropyWeight: 1 });
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.deep.include({ code: 'SWAP_DROPS_OPTIONS', path: 'objective' });
      expect(warnings[0].message).to.contain('keeps none of its options').and.to.contain('`temperature` and `margin`');
    }
  });

  it('suggests values with the same digits, and lists all that are allowed', async () => {
    for (const [value, near] of [
      ['bfloat16', '`bf16`'],
      ['f32', '`float32`'],
      ['flaot32', '`float32`'],
      ['float16', undefined],
      ['half', undefined],
    ] as const) {
      const [{ remedy }] = await problems(minimal, { set: [`trainer.precision=${value}`] });
      expect(remedy, value).to.equal(`${near ? `Did you mean ${near}? ` : ''}Allowed: float32, bf16.`);
    }
  });

  it('says how to choose a component whose option is set', async () => {
    const choice = async (set: string) => (await problems(minimal, { set: [set] }))[0].remedy?.split('\n')[0];
    const says = (example: string): string => `Choose it too, for example with \`--set ${example}\`.`;
    expect(await choice('backend.threads=1')).to.equal(says('backend.use=NAME'));
    expect(await choice('teacher.momentum=0.5')).to.equal(says('teacher.use=average'));
    expect(await choice('predictor.unknown=0.5')).to.equal(says('predictor.use=NAME'));
    const { pipeline } = await load(minimal, { set: ['backend.threads=1', 'backend.use=tensorflow'] });
    expect(pipeline.backend).to.include({ use: 'tensorflow', threads: 1 });
  });

  it('shows the argument and not the file in its errors', async () => {
    const [first] = await problems(minimal, { set: ['trainer.epochs=0'] });
    expect(first).to.deep.include({ file: '--set', line: 1, column: 16, code: 'NUMBER_RANGE', path: 'trainer.epochs' });
    expect(first?.frame).to.equal('> | trainer.epochs=0\n  |                ^');
  });
});

describe('diagnostics', () => {
  it('come all at once and in the order of the text', async () => {
    const text = `${minimal.replace('epochs: 1', 'epochs: 0').replace('name: minimal', 'name: ""')}seed: -1\n`;
    expect((await problems(text)).map(({ line, code }) => [line, code])).to.deep.equal([
      [1, 'TEXT_LENGTH'],
      [9, 'NUMBER_RANGE'],
      [10, 'NUMBER_RANGE'],
    ]);
  });

  it('are plain data that survive JSON', async () => {
    const found = await problems(`${minimal}seed: -1\n`);
    expect(JSON.parse(JSON.stringify(found))).to.deep.equal(found);
    expect(found[0]).to.deep.equal({
      file: 'p.yaml',
      line: 10,
      column: 7,
      code: 'NUMBER_RANGE',
      severity: 'error',
      path: 'seed',
      message: '`seed` is -1; it must be at least 0.',
      frame: '   9 | trainer: { epochs: 1 }\n> 10 | seed: -1\n     |       ^^',
    });
  });

  it('never carry control characters of the file to a terminal', async () => {
    const text = `${minimal}"\\e[31m\\u202ekey": "\\x07"\n`;
    const shown = JSON.stringify(await problems(text)).replaceAll('\\n', '');
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    expect(JSON.parse(shown)[0].message).to.not.match(/[\u0000-\u001f\u202e]/);
    expect(shown).to.contain('u001b');
  });

  it('name the plugin when its own default is wrong', async () => {
    const bad = join(samples, 'plugins', 'bad-default.mjs');
    const text = minimal.replace(plugin, `${plugin}, ${bad}`).replace('encoder: small-net', 'encoder: hopeless-net');
    expect(await codes(text)).to.deep.equal(['PLUGIN_BROKEN']);
  });
});
