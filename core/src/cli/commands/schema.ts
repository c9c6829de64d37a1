import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { loadPipeline } from '../../config/load.js';
import { makeFolders, orDiskError } from '../../files/atomic.js';
import type { Catalogue } from '../../plugin/catalogue.js';
import { FIRST_PARTY } from '../../catalogue/first-party.js';
import { loadFirstParty } from '../../catalogue/load.js';
import { editorSchema } from '../../schema/editor.js';
import { referenceMarkdown } from '../../schema/reference.js';
import { oneOf } from '../parse-option.js';

interface SchemaOptions {
  readonly format: 'json' | 'markdown';
  readonly out?: string;
}

const EXAMPLES = `
Examples:
  carl schema --out pipeline.schema.json               for editors: completion, descriptions, checks while typing
  carl schema my.yaml --out my.schema.json             the same with the plugins that my.yaml lists
  carl schema my.yaml --format markdown                the components and options of those plugins

First line of a pipeline that uses it: # yaml-language-server: $schema=pipeline.schema.json`;

export function register(command: Command): void {
  command
    .argument('[file]', 'pipeline whose plugins are included (default: the plugins that come with the framework)')
    .option('--format <format>', 'json or markdown', oneOf('json', 'markdown'), 'json')
    .option('--out <file>', 'file to write instead of standard output')
    .addHelpText('after', EXAMPLES)
    .action(schema);
}

async function schema(file: string | undefined, { format, out }: SchemaOptions): Promise<void> {
  const catalogue = file === undefined ? await loadFirstParty() : (await loadPipeline(file)).catalogue;
  const text = render(format)(catalogue);
  if (out === undefined) process.stdout.write(text);
  else await write(out, text);
}

function render(format: SchemaOptions['format']): (catalogue: Catalogue) => string {
  if (format === 'markdown') return referenceMarkdown;
  return catalogue => `${JSON.stringify(editorSchema(catalogue, FIRST_PARTY), undefined, 2)}\n`;
}

async function write(file: string, text: string): Promise<void> {
  await makeFolders(dirname(file));
  await orDiskError(file, () => writeFile(file, text));
}
