import { existsSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { indexed } from '../catalogue/first-party.js';
import { builtinPlugin } from '../catalogue/load.js';
import { formatDiagnostics } from '../config/format.js';
import { loadPipeline } from '../config/load.js';
import type { LoadedPipeline } from '../config/loaded-pipeline.js';
import { PipelineError } from '../config/pipeline-error.js';
import type { LoadedPlugin } from '../plugin/catalogue.js';
import type { Component } from '../plugin/define.js';
import type { Example } from './rule.js';

/** A rule that a plugin breaks. */
export interface BrokenRule {
  /** Component, file or package that breaks it. */
  readonly subject: string;
  /** Options of a component, as JSON, if they are not the defaults. */
  readonly options?: string;
  readonly backend?: string;
  readonly rule: string;
  readonly problems: readonly string[];
}

const SHARED = ['@carl-ssl/core', '@tensorflow/tfjs-core'];

/** Rules for the package.json of a plugin that is a package. */
export async function manifestProblems({ path, plugin }: LoadedPlugin): Promise<readonly BrokenRule[]> {
  const file = join(path, 'package.json');
  if (!existsSync(file)) return [];
  const manifest = JSON.parse(await readFile(file, 'utf8')) as {
    readonly name?: string;
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  const subject = 'package.json';
  const shared = SHARED.filter(name => manifest.dependencies?.[name] !== undefined).map(
    name => `${name} is in \`dependencies\`: move it to \`peerDependencies\``,
  );
  const names =
    manifest.name === undefined || manifest.name === plugin.name
      ? []
      : [`the package is \`${manifest.name}\`, and \`definePlugin\` has the name \`${plugin.name}\`: use one name`];
  return [
    { subject, rule: 'shares the framework and TensorFlow.js with other plugins', problems: shared },
    { subject, rule: 'has the name of its package', problems: names },
  ].filter(({ problems }) => problems.length > 0);
}

/** Components whose names are taken. */
export function clashProblems({ plugin }: LoadedPlugin): readonly BrokenRule[] {
  const builtin = builtinPlugin().plugin.components as readonly Component[];
  return (plugin.components as readonly Component[]).flatMap(({ slot, use }) => {
    const isBuiltin = builtin.some(one => one.slot.name === slot.name && one.use === use);
    const owner = isBuiltin ? builtinPlugin().name : indexed(slot.name, use)?.package;
    if (owner === undefined) return [];
    const problems = [`\`${owner}\` has the ${slot.name} \`${use}\`, too; choose another name`];
    return [{ subject: `${slot.name} ${use}`, rule: 'has a name of its own', problems }];
  });
}

/** Pipelines of a package: the YAML files in its folder and in `pipelines`; none for a plugin that is one file. */
async function pipelineFiles(folder: string): Promise<readonly string[]> {
  if (!statSync(folder).isDirectory()) return [];
  const folders = [folder, join(folder, 'pipelines')].filter(existsSync);
  const lists = await Promise.all(folders.map(async one => (await readdir(one)).map(name => join(one, name))));
  return lists.flat().filter(file => /\.ya?ml$/.test(file));
}

/** Result of loading the pipelines of a package. */
interface CheckedPipelines {
  readonly files: readonly string[];
  readonly broken: readonly BrokenRule[];
  /** Options that the pipelines give to components of the plugin, by `slot use`. */
  readonly examples: Readonly<Record<string, readonly Example[]>>;
}

/** Validates the pipelines of a package. */
export async function checkPipelines({ path, plugin }: LoadedPlugin): Promise<CheckedPipelines> {
  const files = await pipelineFiles(path);
  const broken: BrokenRule[] = [];
  const examples: Record<string, readonly Example[]> = {};
  for (const file of files) {
    const loaded = await loadPipeline(file, { cwd: path }).catch((error: unknown) => {
      if (error instanceof PipelineError) return error;
      throw error;
    });
    if (loaded instanceof PipelineError) {
      const text = formatDiagnostics(loaded.diagnostics, { color: false });
      broken.push({ subject: file.slice(path.length + 1), rule: 'is a valid pipeline', problems: [text] });
    } else Object.assign(examples, examplesIn(loaded, plugin.components));
  }
  return { files, broken, examples };
}

function examplesIn({ components }: LoadedPipeline, own: readonly unknown[]): Record<string, readonly Example[]> {
  const used = components.filter(({ component }) => component !== undefined && own.includes(component));
  return Object.fromEntries(used.map(({ slot, use, options }) => [`${slot} ${use}`, [{ options }]]));
}
