import { type Component, definePlugin } from '@carl-ssl/core';
import { describePlugin, diagnosticsOf, SCAFFOLD_SLOTS, writeNewPlugin } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = fileURLToPath(new URL('../../core/templates/', import.meta.url));

const { javascriptTemplates } = (await import('../../scripts/write-templates.mjs' as string)) as {
  javascriptTemplates: () => Promise<readonly (readonly [name: string, text: string])[]>;
};
const names = readdirSync(FOLDER).filter(name => name.endsWith('.js'));
const components = await Promise.all(
  names.map(async name => ((await import(join(FOLDER, name))) as { templateName: Component }).templateName),
);

const images = mkdtempSync(join(tmpdir(), 'carl-template-'));
writeFileSync(join(images, 'images.txt'), '0 0 1 2 3\n1 4 5 6 7\n1 8 9 10 11\n');

describe('examples for new plugins', () => {
  before(() => tf.setBackend('cpu'));
  after(() => rmSync(images, { recursive: true, force: true }));

  it('are the same in JavaScript and in TypeScript (npm run templates)', async () => {
    for (const [name, text] of await javascriptTemplates())
      expect(readFileSync(join(FOLDER, name), 'utf8'), name).to.equal(text);
  });

  it('have pipelines without errors', async () => {
    const caches = join(ROOT, 'node_modules/.cache');
    mkdirSync(caches, { recursive: true });
    const folder = mkdtempSync(join(caches, 'scaffold-'));
    try {
      for (const slot of SCAFFOLD_SLOTS) {
        const target = join(folder, slot);
        await writeNewPlugin(target, {
          name: `carl-tried-${slot}`,
          use: `tried-${slot}`,
          slot,
          language: 'javascript',
        });
        expect(await diagnosticsOf(join(target, 'pipeline.yaml'), {}), slot).to.deep.equal([]);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  const examples = { 'reader template-name': [{ options: { file: join(images, 'images.txt'), size: 2 } }] };
  describePlugin(definePlugin({ name: 'templates', components }), { describe, it, examples });
});
