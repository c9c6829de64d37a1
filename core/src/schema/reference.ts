import type { Catalogue } from '../plugin/catalogue.js';
import type { Component } from '../plugin/define.js';
import type { Slot } from '../contracts/slots.js';
import { composeSchema, definitionName } from './compose.js';
import type { JsonSchema } from '../plugin/json-schema.js';
import { describeSchema } from './describe.js';

const HEAD = `# Components

Everything a pipeline can name, by the key it stands under, with all options. Written by \`npm run reference\` from the
plugins' own schemas. A component without required options can be written as its name alone: \`schedule: cosine\`.
`;

/** The reference of all components of a catalogue, as Markdown. */
export function referenceMarkdown(catalogue: Catalogue): string {
  const schema = composeSchema(catalogue);
  const sections = catalogue.slots
    .filter(({ name, internal }) => !internal && catalogue.list(name).length > 0)
    .map(slot => slotSection(slot, catalogue, schema));
  return [HEAD, pipelineSection(schema), ...sections].join('\n');
}

function pipelineSection(schema: JsonSchema): string {
  return ['## Pipeline', '', "The pipeline's own keys.", '', ...optionTable(schema), ''].join('\n');
}

function slotSection({ name, description }: Slot<unknown>, catalogue: Catalogue, schema: JsonSchema): string {
  const components = catalogue.list(name).map(component => componentSection(component, catalogue, schema));
  return [`## ${name}`, '', description, '', ...components].join('\n');
}

function componentSection(component: Component, catalogue: Catalogue, schema: JsonSchema): string {
  const { slot, use, description, source, knownAs } = component;
  const definition = schema.$defs?.[definitionName(slot.name, use)] ?? {};
  const from = [
    `Package: \`${catalogue.owner(component)?.name ?? ''}\`.`,
    ...(knownAs ? [`Known as ${knownAs.join(', ')}.`] : []),
    ...(source ? [`Source: ${source}.`] : []),
  ].join(' ');
  const options = Object.keys(component.options.properties).length > 0 ? optionTable(definition) : ['No options.'];
  return [`### ${slot.name} \`${use}\``, '', description, '', from, '', ...options, ''].join('\n');
}

function optionTable(schema: JsonSchema): readonly string[] {
  const rows = optionRows(schema, '').map(cells => `| ${cells.map(escaped).join(' | ')} |`);
  return ['| Option | Takes | Default | |', '| --- | --- | --- | --- |', ...rows];
}

/** One row an option; those of mappings inside follow with their whole path. */
function optionRows(schema: JsonSchema, prefix: string): readonly (readonly string[])[] {
  const own = Object.entries(schema.properties ?? {}).filter(([key]) => key !== 'use');
  return own.flatMap(([key, option]) => [
    [
      `\`${prefix}${key}\``,
      describeSchema(option),
      defaultText(option, schema.required?.includes(key) ?? false),
      option.description ?? '',
    ],
    ...mappingsIn(option).flatMap(inner => optionRows(inner, `${prefix}${key}.`)),
  ]);
}

function mappingsIn(option: JsonSchema): readonly JsonSchema[] {
  if (option.properties) return [option];
  return [option.then, option.else, ...(option.anyOf ?? [])].flatMap(one => (one ? mappingsIn(one) : []));
}

function defaultText(option: JsonSchema, required: boolean): string {
  if (option.default !== undefined) return `\`${JSON.stringify(option.default)}\``;
  return required ? 'required' : 'none';
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
