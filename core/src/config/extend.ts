import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, isAbsolute, resolve } from 'node:path';
import { diagnose, type DiagnosticContent, type Diagnostic } from './diagnostic.js';
import { mergePipelines, type IsComponentKey } from './merge.js';
import { withoutEntry, type MappingNode, type ScalarNode } from './node.js';
import { parseYaml } from './parse.js';
import { closestFile, readSource } from './read.js';
import type { Source } from './source.js';
import { PipelineError } from './pipeline-error.js';

const MAX_FILES = 50;

/** A pipeline with everything it extends merged in. */
export interface Document {
  /** Undefined if the file could not be read or parsed. */
  readonly root?: MappingNode;
  /** All files read, the named one first. */
  readonly sources: readonly Source[];
  readonly diagnostics: readonly Diagnostic[];
  /** False if an extended file could not be read. Missing keys are then not reported. */
  readonly complete: boolean;
}

/** Reads a file and, recursively, the files in its `extends:`. Later files override earlier ones, and the file itself overrides all of them. */
export async function readDocument(file: string, cwd: string, isComponent: IsComponentKey): Promise<Document> {
  const reader = new DocumentReader(cwd, isComponent);
  const root = await reader.read(resolve(cwd, file), []);
  const { sources, diagnostics, complete } = reader;
  return { ...(root && { root }), sources, diagnostics, complete };
}

class DocumentReader {
  readonly sources: Source[] = [];
  readonly diagnostics: Diagnostic[] = [];
  complete = true;

  constructor(
    private readonly cwd: string,
    private readonly isComponent: IsComponentKey,
  ) {}

  /** @throws PipelineError if the file cannot be read. Errors in its content are collected. */
  async read(file: string, chain: readonly ChainedFile[]): Promise<MappingNode | undefined> {
    const source = await readSource(file, this.cwd);
    this.sources.push(source);
    const parsed = parseYaml(source);
    this.diagnostics.push(...parsed.diagnostics);
    const root = parsed.root;
    if (!root && parsed.diagnostics.length === 0) this.complain(source, 'YAML_EMPTY', 'There is nothing in this file.');
    if (root && root.kind !== 'mapping')
      this.complain(source, 'YAML_NOT_A_MAPPING', 'A pipeline is a mapping: lines of `key: value`.', root.place.start);
    return root?.kind === 'mapping'
      ? this.withBases(root, [...chain, { file, real: await realPath(file) }])
      : undefined;
  }

  private async withBases(root: MappingNode, chain: readonly ChainedFile[]): Promise<MappingNode> {
    const own = withoutEntry(root, 'extends');
    let base: MappingNode | undefined;
    for (const name of this.namedBases(root)) {
      const next = await this.base(name, chain);
      if (next) base = base ? mergePipelines(base, next, this.isComponent) : next;
      else this.complete = false;
    }
    return base ? mergePipelines(base, own, this.isComponent) : own;
  }

  private namedBases(root: MappingNode): readonly TextNode[] {
    const value = root.entries.get('extends')?.value;
    if (!value) return [];
    const nodes = value.kind === 'list' ? value.items : [value];
    const wrong = nodes.find(node => !isText(node));
    if (!wrong) return nodes.filter(isText);
    const message = '`extends` takes a file or a list of files.';
    this.complete = false;
    this.diagnostics.push(
      diagnose(wrong.place, {
        code: 'EXTENDS_INVALID',
        message,
        remedy: 'Write `extends: base.yaml`.',
        path: ['extends'],
      }),
    );
    return [];
  }

  private async base(name: TextNode, chain: readonly ChainedFile[]): Promise<MappingNode | undefined> {
    const file = resolve(name.place.source.folder, name.value);
    const refusal = this.refusal({ file, real: await realPath(file) }, chain);
    if (refusal) {
      this.diagnostics.push(diagnose(name.place, { ...refusal, path: ['extends'] }));
      return undefined;
    }
    try {
      return await this.read(file, chain);
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      this.diagnostics.push(await notExtendable(name, { file, chain }, error));
      return undefined;
    }
  }

  private refusal(next: ChainedFile, chain: readonly ChainedFile[]): DiagnosticContent | undefined {
    if (chain.some(({ real }) => real === next.real))
      return { code: 'EXTENDS_CYCLE', message: `Files extend each other in a cycle: ${circle(chain, next)}.` };
    if (this.sources.length < MAX_FILES) return undefined;
    return { code: 'EXTENDS_TOO_DEEP', message: `More than ${MAX_FILES} files would be read.` };
  }

  private complain(source: Source, code: 'YAML_EMPTY' | 'YAML_NOT_A_MAPPING', message: string, start = 0): void {
    this.diagnostics.push(diagnose({ source, start, end: start + 1 }, { code, message }));
  }
}

type TextNode = ScalarNode & { readonly value: string };

function isText(node: { readonly kind: string; readonly value?: unknown }): node is TextNode {
  return node.kind === 'scalar' && typeof node.value === 'string' && node.value !== '';
}

/** A file that is being read, for which the files after it in the chain are read. */
interface ChainedFile {
  readonly file: string;
  /** Without symbolic links: by these, a file can extend itself under ever new names. */
  readonly real: string;
}

/** The path without symbolic links; the path itself if the file cannot be found. */
async function realPath(file: string): Promise<string> {
  return realpath(file).catch(() => file);
}

function circle(chain: readonly ChainedFile[], next: ChainedFile): string {
  const first = chain.findIndex(({ real }) => real === next.real);
  return [...chain.slice(first), next].map(({ file }) => basename(file)).join(' > ');
}

async function notExtendable(
  name: TextNode,
  { file, chain }: { readonly file: string; readonly chain: readonly ChainedFile[] },
  error: PipelineError,
): Promise<Diagnostic> {
  const [first] = error.diagnostics;
  // A file cannot extend itself.
  const others = chain.map(one => one.file);
  const near = await closestFile(file, others);
  const message = `\`${name.value}\` cannot be extended. ${first?.message ?? ''}`;
  const folder = name.value.slice(0, name.value.length - basename(name.value).length);
  const remedy =
    near !== undefined
      ? `Did you mean \`${folder}${near}\`?`
      : ((existsSync(file) ? first?.remedy : undefined) ?? placeOfBase(name, file));
  return diagnose(name.place, { code: first?.code ?? 'FILE_UNREADABLE', message, remedy, path: ['extends'] });
}

function placeOfBase({ value }: TextNode, file: string): string {
  const relative = 'Paths are relative to the file they are written in';
  if (isAbsolute(value) || existsSync(file)) return `${relative}.`;
  return `${relative}, so a copied pipeline needs its base too: copy it to ${file}, or write its path in \`extends\`.`;
}
