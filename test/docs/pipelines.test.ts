import { formatDiagnostics, loadPipeline, openPipeline } from '@carl-ssl/core/host';
import { diagnosticsOf } from '@carl-ssl/core/testing';
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

  for (const name of readdirSync(join(ROOT, 'pipelines'), { recursive: true, encoding: 'utf8' }).filter(isWhole))
    it(`pipelines/${name}`, async () => {
      expect(await complaints(join(ROOT, 'pipelines', name))).to.equal('');
    });
});

describe('pipelines with data of this repository', () => {
  for (const name of readdirSync(join(ROOT, 'pipelines')).filter(one => one.endsWith('-mini.yaml')))
    it(`pipelines/${name} has no warning once its data are known`, async () => {
      const loaded = await loadPipeline(join(ROOT, 'pipelines', name));
      expect((await openPipeline(loaded)).warnings).to.deep.equal([]);
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
      expect(await complaints(writePipeline(folder, block.text))).to.equal('');
    });

  it('has the settings of the pipeline for own images', () => {
    const shown = pages()
      .flatMap(blocksOf)
      .find(({ page, text }) => page.endsWith('own-images.md') && text.startsWith('name:'))!;
    const settings = (text: string) =>
      Object.fromEntries(
        keyedParts(text.replaceAll(/^#.*\n/gm, '')).filter(([key]) => !['name', 'data', 'evaluate'].includes(key)),
      );
    const pipeline = readFileSync(join(ROOT, 'pipelines/carl-own-images.yaml'), 'utf8');
    expect(settings(shown.text)).to.deep.equal(settings(pipeline));
  });

  it('is refused where it is wrong', async () => {
    const wrong = 'objective: { use: carl, entropyWieght: 5 }';
    expect(await complaints(writePipeline(folder, wrong))).to.include('entropyWieght');
  });
});

/** Files in `base` hold what others extend. */
function isWhole(path: string): boolean {
  return path.endsWith('.yaml') && !path.startsWith('base');
}

/** YAML that belongs into a file is checked together with the other files of its page. */
function isOwnYaml({ language, file }: Block): boolean {
  return language === 'yaml' && file === undefined;
}

/**
 * A block without `name` shows keys of a pipeline: it is read as a change of the first pipeline of this repository, with
 * all plugins there are. A component that is given by its name or with its `use` stands instead of the one there.
 */
function writePipeline(folder: string, text: string): string {
  const file = join(folder, 'pipeline.yaml');
  if (/^name:/m.test(text)) writeFileSync(file, text);
  else {
    const replaced = keyedParts(text).flatMap(([key, part]) => (/use:|^\w+: [\w-]+\s*$/.test(part) ? [key] : []));
    const rest = keyedParts(readFileSync(BASE, 'utf8')).filter(([key]) => !replaced.includes(key));
    writeFileSync(join(folder, 'base.yaml'), rest.map(([, part]) => part).join(''));
    const plugins = JSON.stringify(packageNames());
    writeFileSync(file, `extends: base.yaml\nplugins: ${plugins}\n${text.replace(/^extends: .*$/m, '')}`);
  }
  return file;
}

/** The top-level keys of a YAML text, each with its lines. */
function keyedParts(text: string): readonly (readonly [string, string])[] {
  const parts = text.split(/^(?=[A-Za-z]+:)/m);
  return parts.filter(part => /^[A-Za-z]/.test(part)).map(part => [part.slice(0, part.indexOf(':')), part]);
}

function packageNames(): readonly string[] {
  return packageFolders().map(folder => {
    const manifest = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as { name: string };
    return manifest.name;
  });
}

/** Not about the YAML that is shown, but about the pipeline it is tried in: its plugins, its image size and its assigner. */
const ABOUT_THE_REST = /^(PLUGIN_UNUSED|ASSIGNER_UNUSED|.*_STEM_COARSE)$/;

/** What `carl validate` tells of a file. */
async function complaints(file: string): Promise<string> {
  const diagnostics = await diagnosticsOf(file, {});
  return formatDiagnostics(diagnostics.filter(({ code }) => !ABOUT_THE_REST.test(code)));
}
