import { existsSync, realpathSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { satisfies, validRange } from 'semver';
import { readText } from '../files/regular-file.js';
import { closest } from '../text/closest.js';
import type { LoadedPlugin } from '../plugin/catalogue.js';
import { API_VERSION } from '../plugin/api.js';
import { FIRST_PARTY } from './first-party.js';
import { packageSeenFrom } from './own-packages.js';
import { pluginFault, PluginError } from '../plugin/plugin-error.js';
import { messageOf } from '../text/message-of.js';

/** Bytes that a package.json may have. */
const MANIFEST_LIMIT = 2 ** 20;

/** Location of a plugin. */
export interface PluginLocation {
  readonly path: string;
  /** The module whose default export is the plugin. */
  readonly entry: string;
  readonly version: string;
  /** `name` of its package.json. */
  readonly packageName?: string;
}

/** True for names that are paths: `./own`, `../own/plugin.js`, or absolute. */
export function isPluginPath(name: string): boolean {
  return /^\.{0,2}[/\\]|^\.{1,2}$|^[A-Za-z]:[/\\]/.test(name);
}

/** Name of a plugin that does not depend on the listing file: a plugin listed by its path has the name that it declares. */
export function independentName({ name, plugin }: LoadedPlugin): string {
  return isPluginPath(name) ? plugin.name : name;
}

/** Names of npm packages: `name` or `@scope/name`. */
const PACKAGE_NAME = /^(?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*$/i;

/** Finds a plugin by its npm name or path, without running its code. @throws PluginError */
export async function findPlugin(name: string, folder: string): Promise<PluginLocation> {
  if (!isPluginPath(name)) return packageAt(name, await packageFolder(name, folder));
  const path = resolve(folder, name);
  if (!existsSync(path)) throw await noPath(name, path);
  const state = statSync(path);
  if (state.isDirectory()) return packageAt(name, path);
  if (!state.isFile()) throw notRegular(name, path);
  return file(name, path);
}

function notRegular(name: string, path: string): PluginError {
  return new PluginError(
    'PLUGIN_NOT_A_PLUGIN',
    `The module of \`${name}\`, ${path}, is not a regular file.`,
    'A plugin is a package, or a .js or .mjs file.',
  );
}

function file(name: string, path: string): PluginLocation {
  if (!statSync(path).isFile())
    throw new PluginError(
      'PLUGIN_NOT_A_PLUGIN',
      `\`${name}\` is not a file.`,
      'Give the name of a package, or of a .js or .mjs file.',
    );
  if (['.js', '.mjs'].includes(extname(path))) return { path, entry: path, version: 'local' };
  const remedy = /\.[cm]?ts$/.test(path)
    ? 'Compile it, and give the name of the .js file.'
    : 'A plugin is a package, or a .js or .mjs file.';
  throw new PluginError('PLUGIN_NOT_A_PLUGIN', `\`${name}\` is not a JavaScript module.`, remedy);
}

/** The nearest installed package: from the pipeline's folder upwards, then from where this framework is installed. */
async function packageFolder(name: string, folder: string): Promise<string> {
  if (!PACKAGE_NAME.test(name)) throw noPackageName(name, folder);
  const found =
    packageSeenFrom(join(folder, 'pipeline.yaml'), name) ?? packageSeenFrom(fileURLToPath(import.meta.url), name);
  if (found) return found;
  throw await noPackage(name, folder);
}

function noPackageName(name: string, folder: string): PluginError {
  const remedy = existsSync(resolve(folder, name))
    ? `To give a path, start it with a dot: \`./${name}\`.`
    : 'Give the name of an npm package, or a path that starts with a dot.';
  return new PluginError('PLUGIN_NOT_FOUND', `\`${name}\` is not the name of a package.`, remedy);
}

async function noPackage(name: string, folder: string): Promise<PluginError> {
  const near = closest(name, FIRST_PARTY) ?? FIRST_PARTY.find(known => known.endsWith(`/${name}`));
  if (near && near !== name)
    return new PluginError('PLUGIN_NOT_FOUND', `There is no plugin \`${name}\`.`, `Did you mean \`${near}\`?`);
  const remedy = existsSync(resolve(folder, name))
    ? `To give a path, start it with a dot: \`./${name}\`.`
    : `If you trust its author, install it in the folder of the pipeline: npm install ${name}`;
  return new PluginError('PLUGIN_NOT_FOUND', `The package \`${name}\` is not installed.`, remedy);
}

async function noPath(name: string, path: string): Promise<PluginError> {
  const siblings = await readdir(dirname(path)).catch(() => undefined);
  const near = siblings && closest(basename(path), siblings);
  const remedy = near
    ? `Did you mean \`${name.slice(0, name.length - basename(name).length)}${near}\`?`
    : 'Paths are relative to the file they are written in.';
  return new PluginError('PLUGIN_NOT_FOUND', `There is no file or folder \`${name}\`.`, remedy);
}

/** Required field of a plugin's package.json: `"carl": { "api": "^0.1.0", "plugin": "./dist/index.js" }`. */
interface Manifest {
  readonly version?: unknown;
  readonly name?: unknown;
  readonly carl?: unknown;
}

async function packageAt(name: string, path: string): Promise<PluginLocation> {
  const manifest = await readManifest(name, path);
  const { api, plugin } = (manifest.carl ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof api !== 'string' || typeof plugin !== 'string') {
    const form = `{ "carl": { "api": "^${API_VERSION}", "plugin": "./dist/index.js" } }`;
    throw new PluginError(
      'PLUGIN_NOT_A_PLUGIN',
      `\`${name}\` is not a plugin of this framework.`,
      `Its package.json lacks ${form}.`,
    );
  }
  checkApi(name, api);
  const entry = resolve(path, plugin);
  if (!existsSync(entry)) {
    throw new PluginError(
      'PLUGIN_NOT_FOUND',
      `\`${name}\` is not built: it has no ${plugin}.`,
      'Build or reinstall it.',
    );
  }
  requireInside(name, { path, entry, plugin });
  const { version, name: packageName } = manifest;
  return {
    path,
    entry,
    version: typeof version === 'string' ? version : 'local',
    ...(typeof packageName === 'string' && { packageName }),
  };
}

/** Refuses a module outside of the plugin's folder: the integrity of a plugin covers its folder only. */
function requireInside(name: string, { path, entry, plugin }: { path: string; entry: string; plugin: string }): void {
  const within = relative(realpathSync(path), realpathSync(entry));
  const leaves = within === '' || within.split(sep)[0] === '..' || isAbsolute(within);
  if (!leaves && statSync(entry).isFile()) return;
  const text = leaves ? 'is outside of its folder' : 'is not a file';
  throw new PluginError(
    'PLUGIN_BROKEN',
    `The package.json of \`${name}\` names the module ${plugin}, which ${text}.`,
    pluginFault(name),
  );
}

async function readManifest(name: string, path: string): Promise<Manifest> {
  const manifest = join(path, 'package.json');
  if (!existsSync(manifest)) {
    throw new PluginError(
      'PLUGIN_NOT_A_PLUGIN',
      `The folder \`${name}\` has no package.json.`,
      'Give the name of a package, or of a .js or .mjs file.',
    );
  }
  const refuse = (reason: string): never => {
    throw new PluginError('PLUGIN_NOT_A_PLUGIN', `The package.json of \`${name}\` ${reason}.`, pluginFault(name));
  };
  if (!statSync(manifest).isFile()) return refuse('is not a file');
  let content: unknown;
  try {
    content = JSON.parse(await readText(manifest, MANIFEST_LIMIT));
  } catch (cause) {
    return refuse(`cannot be read: ${messageOf(cause)}`);
  }
  return typeof content === 'object' && content !== null ? content : refuse('is not a JSON object');
}

function checkApi(name: string, api: string): void {
  if (validRange(api) === null) {
    throw new PluginError(
      'PLUGIN_BROKEN',
      `\`${name}\` requires the API version \`${api}\`, which is not a version range.`,
      pluginFault(name),
    );
  }
  if (satisfies(API_VERSION, api)) return;
  const remedy = `Install a version of \`${name}\` for API ${API_VERSION}, or a version of @carl-ssl/core with API ${api}.`;
  throw new PluginError('PLUGIN_API', `\`${name}\` is written for API ${api}; this is API ${API_VERSION}.`, remedy);
}
