import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { builtinPlugin } from '../catalogue/load.js';
import { indexed } from '../catalogue/first-party.js';
import type { Component } from '../plugin/define.js';
import { CarlError } from '../errors/carl-error.js';
import { orDiskError } from '../files/atomic.js';
import { manifestText } from './manifest.js';
import { imagesText, pipelineText } from './pipeline-text.js';
import { camelCase } from '../text/camel-case.js';
import type { PluginRequest } from './request.js';
import { eslintText, IGNORED, indexText, readmeText, testText, TSCONFIG, WORKFLOW } from './texts.js';

/** Writes the package of a new plugin with an example component. @throws CarlError INPUT_ARGUMENT, DISK */
export async function writeNewPlugin(folder: string, request: PluginRequest): Promise<void> {
  refuseName(request);
  await refuseFilled(folder);
  for (const [name, text] of Object.entries(await filesOf(request))) {
    const file = join(folder, name);
    await orDiskError(file, async () => {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    });
  }
}

function refuseName({ name, use, slot }: PluginRequest): void {
  const refuse = (text: string) => {
    throw new CarlError('INPUT_ARGUMENT', text);
  };
  if (!/^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/.test(name) || name.length > 214)
    refuse(`\`${name}\` cannot be the name of a package: use small letters, digits and hyphens, such as carl-my-loss.`);
  if (name.startsWith('@carl-ssl/')) refuse('Packages of the scope @carl-ssl belong to this project; take another.');
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(use))
    refuse(`\`${use}\` cannot be the name of a component: use small letters, digits and hyphens, after a letter.`);
  const builtin = (builtinPlugin().plugin.components as readonly Component[]).some(
    one => one.slot.name === slot && one.use === use,
  );
  if (builtin || indexed(slot, use)) refuse(`There is already the ${slot} \`${use}\`. Choose another name.`);
}

async function refuseFilled(folder: string): Promise<void> {
  const found = existsSync(folder) ? await orDiskError(folder, () => readdir(folder)) : [];
  if (found.length > 0)
    throw new CarlError('INPUT_ARGUMENT', `${folder} is there already and is not empty. Choose another name.`);
}

/** Text of every file, by its path in the package. */
async function filesOf(request: PluginRequest): Promise<Readonly<Record<string, string>>> {
  const { use, slot, language } = request;
  const extension = language === 'typescript' ? 'ts' : 'js';
  const images = slot === 'reader' && { 'images/train.txt': imagesText(160), 'images/test.txt': imagesText(40) };
  return {
    'package.json': manifestText(request),
    ...(language === 'typescript' && { 'tsconfig.json': TSCONFIG }),
    'eslint.config.js': eslintText(request),
    '.gitignore': IGNORED,
    '.github/workflows/check.yml': WORKFLOW,
    'README.md': readmeText(request),
    'pipeline.yaml': pipelineText(request),
    [`src/${use}.${extension}`]: await componentText(request, extension),
    [`src/index.${extension}`]: indexText(request),
    [`test/${use}.test.${extension}`]: testText(request),
    ...images,
  };
}

/** The example of the slot with the names of the new component. */
async function componentText({ use, slot }: PluginRequest, extension: string): Promise<string> {
  const text = await readFile(new URL(`../../templates/${slot}.${extension}`, import.meta.url), 'utf8');
  return text.replaceAll('template-name', use).replaceAll('templateName', camelCase(use));
}
