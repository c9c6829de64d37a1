import { formatDiagnostics } from '@carl-ssl/core/host';
import { diagnosticsOf } from '@carl-ssl/core/testing';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const samples = fileURLToPath(new URL('../samples', import.meta.url));
const update = process.env.UPDATE_SAMPLES === '1';

/** `# set: a.b=c` lines of a sample are arguments of the command line. */
function setsOf(file: string): readonly string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^# set: (.*)$/gm)].map(match => match[1] ?? '');
}

/** What a user would read, with paths that do not depend on where the project lies. */
async function textOf(file: string): Promise<string> {
  const diagnostics = await diagnosticsOf(file, { cwd: samples, set: setsOf(join(samples, file)) });
  return formatDiagnostics(diagnostics).replaceAll(samples, '<samples>');
}

function yamlIn(folder: string): readonly string[] {
  const files = readdirSync(join(samples, folder)).filter(file => file.endsWith('.yaml'));
  return files.map(file => join(folder, file));
}

describe('invalid samples', () => {
  for (const file of yamlIn('invalid')) {
    it(basename(file, '.yaml'), async () => {
      const expected = join(samples, file.replace(/yaml$/, 'txt'));
      const text = `${await textOf(file)}\n`;
      expect(text).to.not.equal('\n', 'the sample is valid');
      if (update) writeFileSync(expected, text);
      expect(text).to.equal(existsSync(expected) ? readFileSync(expected, 'utf8') : '');
    });
  }

  it('has an expected text for every sample and no text without one', () => {
    const names = readdirSync(join(samples, 'invalid'));
    const stems = (ending: string) =>
      names.filter(name => name.endsWith(ending)).map(name => name.slice(0, -ending.length));
    expect(stems('.txt')).to.deep.equal(stems('.yaml'));
  });
});

describe('valid samples', () => {
  for (const file of yamlIn('valid')) {
    it(basename(file, '.yaml'), async () => {
      expect(await textOf(file)).to.equal('');
    });
  }
});
