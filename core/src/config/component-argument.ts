import type { NestedOptions } from '../contracts/components.js';
import { asComponent, plain, useOf } from './node.js';
import { diagnose } from './diagnostic.js';
import { parseYaml } from './parse.js';
import { PipelineError } from './pipeline-error.js';
import type { Source } from './source.js';

/** A component given on the command line, `csv` or `{ use: csv, file: losses.csv }`. @throws PipelineError for any other text */
export function componentArgument(option: string, text: string): NestedOptions {
  const source: Source = { name: option, folder: process.cwd(), text, kind: 'argument' };
  const { root, diagnostics } = parseYaml(source);
  if (diagnostics.length > 0) throw new PipelineError(diagnostics);
  const component = root && asComponent(root);
  if (component?.kind === 'mapping' && useOf(component) !== undefined) return plain(component) as NestedOptions;
  const message = `\`${text}\` is not a component.`;
  const remedy = `Write a name, \`${option} csv\`, or a name with options, \`${option} '{ use: csv, file: losses.csv }'\`.`;
  throw new PipelineError([diagnose({ source, start: 0, end: text.length }, { code: 'USE_MISSING', message, remedy })]);
}
