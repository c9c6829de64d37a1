import { isNested, leavesOf } from './leaves.js';

/** Values that differ between two resolved pipelines: `assigner.count: was 16, is 64`. Of components of different names, the names. */
export function pipelineDifferences(before: unknown, now: unknown, path = ''): readonly string[] {
  if (JSON.stringify(before) === JSON.stringify(now)) return [];
  if (
    !isNested(before) ||
    !isNested(now) ||
    Array.isArray(before) !== Array.isArray(now) ||
    useOf(before) !== useOf(now)
  )
    return [`${path}: was ${shortened(before)}, is ${shortened(now)}`];
  const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...keys].flatMap(key => pipelineDifferences(before[key], now[key], path === '' ? key : `${path}.${key}`));
}

/** Keys whose values differ between resolved pipelines, with the value of each as short text; empty where a pipeline lacks the key. */
export function differingKeys(pipelines: readonly object[]): readonly (readonly [key: string, ...values: string[]])[] {
  const flat = pipelines.map(pipeline => new Map(leavesOf(pipeline).map(([key, value]) => [key, textOf(value)])));
  const keys = [...new Set(flat.flatMap(one => [...one.keys()]))];
  const rows = keys.map(key => [key, flat.map(one => one.get(key) ?? '')] as const);
  const differing = rows.filter(([, [first, ...others]]) => others.some(value => value !== first));
  return differing.map(([key, values]) => [key, ...distinct(values)]);
}

/** Texts that are shortened, unless different ones would look the same. */
function distinct(texts: readonly string[]): readonly string[] {
  const short = texts.map(beginningOf);
  return new Set(short).size < new Set(texts).size ? texts : short;
}

function useOf(value: Readonly<Record<string, unknown>>): unknown {
  return value.use;
}

function shortened(value: unknown): string {
  return beginningOf(textOf(value));
}

function textOf(value: unknown): string {
  if (value === undefined) return 'not there';
  const use = isNested(value) ? useOf(value) : undefined;
  return JSON.stringify(use ?? value);
}

function beginningOf(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}
