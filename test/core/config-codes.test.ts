import { ERROR_CODES } from '@carl-ssl/core';
import { DIAGNOSTIC_CODES } from '@carl-ssl/core/host';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { samples } from './config-support.js';

const page = readFileSync(fileURLToPath(new URL('../../docs/reference/errors.md', import.meta.url)), 'utf8');
const catalogue: Readonly<Record<string, string>> = { ...DIAGNOSTIC_CODES, ...ERROR_CODES };

/** Codes that no file of reasonable size can show, or that need data, weights, installed packages or a user's settings. */
const UNSHOWN = [
  'RANGES_INVALID',
  'FILE_TOO_LARGE',
  'PLUGIN_COPY',
  'PLUGIN_UNTRUSTED',
  'EXTENDS_TOO_DEEP',
  'EPOCH_LEAVES_OUT',
  'SPLIT_SMALL',
  'INITIAL_WEIGHTS_RANGE',
];

describe('error codes', () => {
  it('are all in the reference, and no others', () => {
    const headings = [...page.matchAll(/^### (.*)$/gm)].map(match => match[1]);
    expect(headings).to.deep.equal(Object.keys(catalogue));
  });

  it('are described there in the words of the catalogue, and followed by advice', () => {
    for (const [code, description] of Object.entries(catalogue)) {
      const section = page.split(`### ${code}\n`)[1]?.split(/^##/m)[0]?.trim().split('\n\n') ?? [];
      expect(section[0], code).to.equal(description);
      expect(section[1]?.length ?? 0, `advice for ${code}`).to.be.above(10);
    }
  });

  it('are each shown by a sample', () => {
    const folder = join(samples, 'invalid');
    const texts = readdirSync(folder)
      .filter(file => file.endsWith('.txt'))
      .map(file => readFileSync(join(folder, file), 'utf8'));
    const shown = new Set(
      texts.flatMap(text => [...text.matchAll(/^\S+ (?:warning )?([A-Z]+_[A-Z_]+) /gm)].map(match => match[1])),
    );
    const missing = Object.keys(DIAGNOSTIC_CODES).filter(code => !shown.has(code) && !UNSHOWN.includes(code));
    expect(missing).to.deep.equal([]);
  });
});

describe('codes of components', () => {
  it('are in the committed page; `npm run reference` writes it', async () => {
    const { componentCodes } = (await import('../../scripts/component-codes.mjs' as string)) as {
      componentCodes: () => string;
    };
    const committed = readFileSync(
      fileURLToPath(new URL('../../docs/reference/component-codes.md', import.meta.url)),
      'utf8',
    );
    expect(componentCodes()).to.equal(committed);
    for (const code of ['CARL_TEMPERATURE_LOW', 'VIT_VIEW_SIZE', 'TEACHER_FAST'])
      expect(committed).to.contain(`\`${code}\``);
  });
});
