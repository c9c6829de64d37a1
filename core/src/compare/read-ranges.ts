import { resolve } from 'node:path';
import { diagnose, type Diagnostic } from '../config/diagnostic.js';
import { plain, type Entry, type MappingNode, type Node } from '../config/node.js';
import { parseYaml } from '../config/parse.js';
import { PipelineError, refuseErrors } from '../config/pipeline-error.js';
import { readSource } from '../config/read.js';
import type { Place } from '../config/source.js';
import { closest, listed } from '../text/closest.js';
import type { Range } from './range.js';

/** Key of the ranges that all pipelines have, unless they have their own of the same key. */
const ALL = 'all';

const FORM = 'Write `{ from: 0.01, to: 1 }`, with `scale: log` or `integer: true` as needed, or a list of choices.';

/**
 * Reads the ranges of pipelines from a YAML file: under the name of each pipeline's file without `.yaml`, and under `all`,
 * keys of the pipeline with an interval or a list of choices.
 * @returns the ranges of each pipeline
 * @throws PipelineError with all errors, each with file and line
 */
export async function readRanges(
  file: string,
  pipelines: readonly string[],
): Promise<ReadonlyMap<string, readonly Range[]>> {
  const source = await readSource(resolve(file), process.cwd());
  const { root, diagnostics } = parseYaml(source);
  const problems: Diagnostic[] = [...diagnostics];
  const whole = { source, start: 0, end: 1 };
  if (root?.kind !== 'mapping') {
    if (diagnostics.length === 0)
      problems.push(problem(whole, 'Names of pipelines with ranges below are expected.', 'Write `my-pipeline:` and below it `optimizer.learningRate: { from: 0.01, to: 1, scale: log }`.')); // prettier-ignore
    throw new PipelineError(problems);
  }
  problems.push(...unknownNames(root, pipelines));
  const read = new RangesReader(problems);
  const faults = problems.length;
  const common = read.ranges(root.entries.get(ALL));
  const all = pipelines.map(name => {
    const own = read.ranges(root.entries.get(name));
    const ranges = [...new Map([...common, ...own].map(range => [range.key, range])).values()];
    if (ranges.length === 0 && problems.length === faults)
      problems.push(problem(whole, `The pipeline \`${name}\` has no ranges.`, `Write \`${name}:\` or \`all:\` with at least one range.`)); // prettier-ignore
    return [name, ranges] as const;
  });
  refuseErrors(problems);
  return new Map(all);
}

function unknownNames(root: MappingNode, pipelines: readonly string[]): readonly Diagnostic[] {
  const known = [...pipelines, ALL];
  return [...root.entries]
    .filter(([name]) => !known.includes(name))
    .map(([name, { key }]) => {
      const near = closest(name, known);
      const advice = near === undefined ? `The pipelines are ${listed(pipelines, 'and')}.` : `Is \`${near}\` meant?`;
      return problem(key, `No pipeline of this comparison is called \`${name}\`.`, advice);
    });
}

class RangesReader {
  constructor(private readonly problems: Diagnostic[]) {}

  ranges(entry: Entry | undefined): readonly Range[] {
    if (entry === undefined) return [];
    const { value } = entry;
    if (value.kind === 'mapping') return [...value.entries].flatMap(([key, one]) => this.#range(key, one));
    this.#complain(value.place, 'Keys of the pipeline with their ranges are expected here.');
    return [];
  }

  #range(key: string, { key: place, value }: Entry): readonly Range[] {
    if (value.kind === 'scalar') return this.#complain(value.place, `\`${key}\` has one value, not a range.`);
    if (value.kind === 'list') {
      const values = value.items.map(plain);
      if (values.length === 0) return this.#complain(value.place, `\`${key}\` has no choices.`);
      return [{ kind: 'choice', key, place, values }];
    }
    return this.#interval(key, place, value);
  }

  #interval(key: string, place: Place, node: MappingNode): readonly Range[] {
    const wrong = [...node.entries].find(([name]) => !['from', 'to', 'scale', 'integer'].includes(name));
    if (wrong) return this.#complain(wrong[1].key, `\`${wrong[0]}\` is unknown in a range.`);
    const [from, to] = [numberAt(node, 'from'), numberAt(node, 'to')];
    const { scale = 'linear', integer = false } = plain(node) as { scale?: unknown; integer?: unknown };
    const at = (name: string): Place => node.entries.get(name)?.value.place ?? node.place;
    if (from === undefined || to === undefined) return this.#complain(node.place, `The range of \`${key}\` needs the numbers \`from\` and \`to\`.`); // prettier-ignore
    if (from >= to) return this.#complain(at('to'), `\`to\` is ${to}; it must be above \`from\`, which is ${from}.`);
    if (scale !== 'linear' && scale !== 'log') return this.#complain(at('scale'), '`scale` is linear or log.');
    if (scale === 'log' && from <= 0)
      return this.#complain(at('from'), `\`from\` is ${from}; a logarithmic scale needs a number above 0.`);
    if (typeof integer !== 'boolean') return this.#complain(at('integer'), '`integer` is true or false.');
    if (integer && !(Number.isInteger(from) && Number.isInteger(to)))
      return this.#complain(node.place, '`from` and `to` must be whole numbers with `integer: true`.');
    return [{ kind: 'interval', key, place, from, to, log: scale === 'log', integer }];
  }

  #complain(place: Place, message: string): readonly Range[] {
    this.problems.push(problem(place, message, FORM));
    return [];
  }
}

function numberAt(node: MappingNode, key: string): number | undefined {
  const value: Node | undefined = node.entries.get(key)?.value;
  const number = value?.kind === 'scalar' ? value.value : undefined;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function problem(place: Place, message: string, remedy: string): Diagnostic {
  return diagnose(place, { code: 'RANGES_INVALID', message, remedy });
}
