import { formatDiagnostics, loadPipeline, PipelineError } from '@carl-ssl/core';
import { expect } from 'chai';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blocksOf, packageFolders, pages, ROOT, type Block } from './blocks.js';

const BASE = join(ROOT, 'pipelines/carl-fashion-mnist-mini.yaml');

describe('pipelines', () => {
  it('the one that is timed', async () => {
    expect(await complaints(join(ROOT, 'benchmarks/training/simclr-fashion-mnist.yaml'))).to.equal('');
  });

  for (const name of readdirSync(join(ROOT, 'pipelines')).filter(file => file.endsWith('.yaml')))
    it(`pipelines/${name}`, async () => {
      expect(await complaints(join(ROOT, 'pipelines', name))).to.equal('');
    });
});

describe('YAML in the documentation', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'docs-'))));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  for (const block of pages().flatMap(blocksOf).filter(isOwnYaml))
    it(`${block.page}:${block.line}`, async () => {
      const file = join(folder, 'pipeline.yaml');
      writeFileSync(file, wholePipeline(block.text));
      expect(await complaints(file)).to.equal('');
    });

  it('is refused where it is wrong', async () => {
    const file = join(folder, 'pipeline.yaml');
    writeFileSync(file, wholePipeline('objective: { use: carl, entropyWieght: 5 }'));
    expect(await complaints(file)).to.include('entropyWieght');
  });
});

/** YAML that belongs into a file is checked together with the other files of its page. */
function isOwnYaml({ language, file }: Block): boolean {
  return language === 'yaml' && file === undefined;
}

/**
 * A block without `name` shows keys of a pipeline: it is read as a change of the first pipeline of this repository, with
 * all plugins there are.
 */
function wholePipeline(text: string): string {
  if (/^name:/m.test(text)) return text;
  return `extends: ${BASE}\nplugins: ${JSON.stringify(packageNames())}\n${text.replace(/^extends: .*$/m, '')}`;
}

function packageNames(): readonly string[] {
  return packageFolders().map(folder => {
    const manifest = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as { name: string };
    return manifest.name;
  });
}

/** Errors and warnings as a user reads them. */
async function complaints(file: string): Promise<string> {
  try {
    const { warnings } = await loadPipeline(file);
    return formatDiagnostics(warnings.filter(({ code }) => code !== 'PLUGIN_UNUSED'));
  } catch (error) {
    if (error instanceof PipelineError) return formatDiagnostics(error.diagnostics);
    throw error;
  }
}
