import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A page of the documentation. */
export interface Page {
  /** Path from the repository's root. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block: what stands behind the fence is its language and, in some pages, the file it belongs into. */
export interface Block {
  readonly page: string;
  /** Line of the fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly file?: string;
  readonly text: string;
}

/** Everything a reader is shown: the pages in the root, the guide, the decisions, and each package's README. */
export function pages(): readonly Page[] {
  const folders = [
    '.',
    'docs/guide',
    'docs/decisions',
    'docs/reference',
    'cli',
    'core',
    ...packageFolders(),
    'benchmarks',
  ];
  return folders
    .flatMap(folder => markdownIn(join(ROOT, folder)))
    .map(path => ({ path: relative(ROOT, path), text: readFileSync(path, 'utf8') }));
}

/** `plugins/carl`, ... */
export function packageFolders(): readonly string[] {
  const entries = readdirSync(join(ROOT, 'plugins'), { withFileTypes: true });
  return entries.filter(entry => entry.isDirectory()).map(({ name }) => `plugins/${name}`);
}

function markdownIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.md'))
    .map(name => join(folder, name));
}

export function blocksOf({ path, text }: Page): readonly Block[] {
  const fence = /^( *)```(\S*) *(\S*)\n([\s\S]*?)^\1```$/gm;
  return [...text.matchAll(fence)].map(({ index, 1: indent, 2: language, 3: file, 4: inside }) => ({
    page: path,
    line: text.slice(0, index).split('\n').length,
    language,
    file: file || undefined,
    text: inside.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

/** Targets of links within the repository, without those in fenced blocks. */
export function linksOf({ text }: Page): readonly string[] {
  const prose = text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '').replaceAll(/`[^`\n]*`/g, '');
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(match => match[1]);
  return targets.filter(target => !/^[a-z]+:/.test(target));
}

/** Anchors of a page's headings, as GitHub makes them. */
export function anchorsOf({ text }: Page): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#{1,6} +(.+)$/gm)].map(match => match[1]);
  const plain = (heading: string) => heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '');
  return new Set(headings.map(heading => plain(heading).replaceAll(' ', '-')));
}

/** Words as a shell takes them, as far as the documentation goes: quotes keep spaces. */
export function wordsOf(command: string): readonly string[] {
  return (command.match(/(?:'[^']*'|[^\s'])+/g) ?? []).map(word => word.replaceAll("'", ''));
}
