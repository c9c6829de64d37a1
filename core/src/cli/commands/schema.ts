import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { Command } from 'commander';
import { editorCatalogue } from '../../config/editor-catalogue.js';
import { loadPipeline } from '../../config/load.js';
import { makeFolders, orDiskError } from '../../files/atomic.js';
import type { Catalogue } from '../../plugin/catalogue.js';
import { FIRST_PARTY } from '../../catalogue/first-party.js';
import { loadFirstParty } from '../../catalogue/load.js';
import { editorSchema, withSchemaLine } from '../../schema/editor.js';
import { referenceMarkdown } from '../../schema/reference.js';
import { printable } from '../../text/printable.js';
import { oneOf } from '../parse-option.js';

interface SchemaOptions {
  readonly format: 'json' | 'markdown';
  readonly out?: string;
}

const EXAMPLES = `
Examples:
  carl schema my.yaml                                  writes my.schema.json and names it in the first line of my.yaml
  carl schema my.yaml --out my.schema.json             writes only the schema
  carl schema --out pipeline.schema.json               without a pipeline: the plugins that come with the framework
  carl schema my.yaml --format markdown                components and options of the plugins of my.yaml

Editors with a YAML language server then complete keys and values, show descriptions and defaults, and mark errors.`;

export function register(command: Command): void {
  command
    .argument('[file]', 'pipeline whose plugins are included, beside those that come with the framework')
    .option('--format <format>', 'json or markdown', oneOf('json', 'markdown'), 'json')
    .option('--out <file>', 'file to write')
    .addHelpText('after', EXAMPLES)
    .action(schema);
}

async function schema(file: string | undefined, { format, out }: SchemaOptions): Promise<void> {
  const text = format === 'json' ? await editorText(file) : await referenceText(file);
  if (out !== undefined) await write(out, text);
  else if (format === 'json' && file !== undefined) await writeBeside(file, text);
  else process.stdout.write(text);
}

async function editorText(file: string | undefined): Promise<string> {
  const catalogue = file === undefined ? await loadFirstParty() : await editorCatalogue(file);
  return `${JSON.stringify(editorSchema(catalogue, FIRST_PARTY), undefined, 2)}\n`;
}

async function referenceText(file: string | undefined): Promise<string> {
  const catalogue: Catalogue = file === undefined ? await loadFirstParty() : (await loadPipeline(file)).catalogue;
  return referenceMarkdown(catalogue);
}

/** Writes the schema beside the pipeline, and the line that names it into the pipeline. */
async function writeBeside(pipeline: string, text: string): Promise<void> {
  const name = `${basename(pipeline, extname(pipeline))}.schema.json`;
  await write(join(dirname(pipeline), name), text);
  const written = await readFile(pipeline, 'utf8');
  const changed = withSchemaLine(written, name);
  if (changed !== written) await orDiskError(pipeline, () => writeFile(pipeline, changed));
  process.stderr.write(printable(`${join(dirname(pipeline), name)}, named in the first line of ${pipeline}\n`));
}

async function write(file: string, text: string): Promise<void> {
  await makeFolders(dirname(file));
  await orDiskError(file, () => writeFile(file, text));
}
