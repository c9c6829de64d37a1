import { type Component, definePlugin } from '@carl-ssl/core';
import { contractOf } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { blocksOf, pages, ROOT } from './blocks.js';

describe('docs/guide/evaluation.md', () => {
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
