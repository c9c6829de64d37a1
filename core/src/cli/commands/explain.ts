import type { Command } from 'commander';
import { explain, type Explanation } from '../../config/explain.js';
import { loadPipeline, type LoadOptions } from '../../config/load.js';
import { collect, integer, oneOf } from '../parse-option.js';
import type { MethodCard } from '../../plugin/method-card.js';
import { literal } from '../../schema/describe.js';
import { columns } from '../../text/tables.js';
import { printable } from '../../text/printable.js';

interface ExplainOptions extends LoadOptions {
  readonly format: 'text' | 'json';
}

const EXAMPLES = `
Examples:
  carl explain my.yaml                           every value and where it comes from
  carl explain my.yaml objective                 one component with all its options
  carl explain my.yaml trainer.batchSize         one value
  carl explain my.yaml evaluate.0.k --set evaluate.0.k=5`;

export function register(command: Command): void {
  command
    .argument('<file>', 'pipeline in YAML')
    .argument('[key]', 'key, with dots: objective.temperature', '')
    .option('--set <key=value>', 'change a value first; can be repeated', collect)
    .option('--seed <number>', 'seed of the run', integer)
    .option('--backend <name>', 'backend to compute on')
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .addHelpText('after', EXAMPLES)
    .action(run);
}

async function run(file: string, key: string, options: ExplainOptions): Promise<void> {
  const explanation = explain(await loadPipeline(file, options), key);
  const text = options.format === 'json' ? JSON.stringify(explanation, undefined, 2) : explanationText(explanation);
  process.stdout.write(`${printable(text)}\n`);
}

/** Formats an explanation for the terminal: facts about the key, then a table of the keys below it. */
export function explanationText(explanation: Explanation): string {
  const facts = explanation.path === '' ? [] : [columns(factsOf(explanation))];
  const below = leaves(explanation.inner);
  const table = below.length > 0 ? [columns([['key', 'value', 'from'], ...below.map(rowOf)])] : [];
  return [...facts, ...table].join('\n\n');
}

function factsOf({ path, value, origin, description, takes, default: initial, component }: Explanation): string[][] {
  const rows: [label: string, text: string | undefined][] = [
    ['key', path],
    ['value', value === undefined ? 'not set' : JSON.stringify(value)],
    ['from', origin?.text],
    ['means', description],
    ['takes', takes],
    ['default', initial === undefined ? undefined : JSON.stringify(initial)],
    ['component', component?.description],
    ['source', component?.source],
    ...(component?.card ? cardRows(component.card) : []),
  ];
  return rows.flatMap(([label, text]) => (text === undefined ? [] : [[label, text]]));
}

function cardRows({ name, idea, formula, trivial, views, failures, figures }: MethodCard): [string, string][] {
  return [
    ['method', name],
    ['idea', idea],
    ...formula.split('\n').map((line, i): [string, string] => [i === 0 ? 'loss' : '', line]),
    ['trivial', trivial],
    ['views', views],
    ...failures.map((text, i): [string, string] => [i === 0 ? 'failures' : '', text]),
    ...figures.map(({ value, setting, source }, i): [string, string] => [
      i === 0 ? 'published' : '',
      `${value} (${setting}; ${source})`,
    ]),
  ];
}

function leaves(all: readonly Explanation[]): readonly Explanation[] {
  return all.flatMap(one => (one.inner.length > 0 ? leaves(one.inner) : [one]));
}

function rowOf({ path, value, origin }: Explanation): string[] {
  return [path, value === undefined ? 'not set' : literal(value), origin?.text ?? ''];
}
