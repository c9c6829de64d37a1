import { type Component, definePlugin } from '@carl-ssl/core';
import { contractOf } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { carl } from '../e2e/cli.js';
import { blocksOf, pages, ROOT, wordsOf } from './blocks.js';

describe('docs/guide/evaluation.md', () => {
  it('evaluates weights without a pipeline', async () => {
    const page = pages().find(({ path }) => path === 'docs/guide/evaluation.md')!;
    const command = blocksOf(page)
      .flatMap(({ text }) => text.split('\n'))
      .find(line => line.includes('--encoder'))!;
    const folder = mkdtempSync(join(tmpdir(), 'carl-guide-'));
    const samples = join(ROOT, 'test/samples/given-weights');
    try {
      cpSync(join(samples, 'weights.safetensors'), join(folder, 'resnet18.safetensors'));
      cpSync(join(samples, 'images/test'), join(folder, 'photos/train'), { recursive: true });
      cpSync(join(samples, 'images/train'), join(folder, 'photos/test'), { recursive: true });
      // The network of the sample weights, and as many neighbours as there are images.
      const words = wordsOf(
        command.replace('depth: 18', 'block: basic, layers: [1, 1, 1, 1], width: 2').replace('k: 10', 'k: 2'),
      );
      const { code, stdout, stderr } = await carl([...words.slice(1), '--backend', 'cpu', '--quiet'], { cwd: folder });
      // The sample has few images, which the warnings say.
      expect(stderr.replaceAll(/^--data warning SPLIT_SMALL .*\n(>? +.*\n)+\n?/gm, '')).to.equal('');
      expect(code).to.equal(0);
      expect(stdout).to.match(/given weights +\d+\.\d%/);
      expect(readFileSync(join(folder, 'resnet18.json'), 'utf8')).to.contain('knn2@t0.1');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('has an evaluator that keeps the contract', async () => {
    await tf.setBackend('cpu');
    const page = pages().find(({ path }) => path === 'docs/guide/evaluation.md')!;
    const [{ text }] = blocksOf(page).filter(({ language }) => language === 'ts');
    const caches = join(ROOT, 'node_modules/.cache');
    mkdirSync(caches, { recursive: true });
    const folder = mkdtempSync(join(caches, 'evaluator-'));
    try {
      const file = join(folder, 'mean-length.ts');
      writeFileSync(file, text);
      const { meanLength } = (await import(pathToFileURL(file).href)) as { meanLength: Component };
      const clauses = contractOf(definePlugin({ name: 'guide', components: [meanLength] }));
      expect(clauses.length).to.be.above(10);
      for (const { rule, check } of clauses) expect(await check(), rule).to.deep.equal([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
