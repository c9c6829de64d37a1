import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PluginError } from '../plugin/plugin-error.js';
import { CORE, FIRST_PARTY } from './first-party.js';

/** Folder of a package that a file would import, from the nearest `node_modules` upwards; undefined if there is none. */
export function packageSeenFrom(file: string, name: string): string | undefined {
  const folders = createRequire(file).resolve.paths(name) ?? [];
  return folders.map(path => join(path, name)).find(path => existsSync(join(path, 'package.json')));
}

/** True for a package of this project that is installed with this framework: a package elsewhere may only have its name. */
export async function isFirstParty(packageName: string | undefined, path: string): Promise<boolean> {
  if (packageName === undefined || !FIRST_PARTY.includes(packageName)) return false;
  const own = packageSeenFrom(fileURLToPath(import.meta.url), packageName);
  return own !== undefined && (await realpath(own)) === (await realpath(path));
}

const TENSORFLOW = '@tensorflow/tfjs-core';

/** Folders of the packages of which a process has one copy. */
function sharedPackages(): readonly (readonly [name: string, folder: string])[] {
  const here = fileURLToPath(import.meta.url);
  const tensorflow = packageSeenFrom(here, TENSORFLOW);
  return [[CORE, dirname(dirname(dirname(here)))], ...(tensorflow ? [[TENSORFLOW, tensorflow] as const] : [])];
}

/**
 * Refuses a plugin that would import other copies of the framework or of TensorFlow.js: each copy registers its own kernels.
 * @throws PluginError PLUGIN_COPY
 */
export async function refuseCopies(name: string, entry: string): Promise<void> {
  for (const [shared, own] of sharedPackages()) {
    const seen = packageSeenFrom(await realpath(entry), shared);
    if (seen === undefined || (await realpath(seen)) === (await realpath(own))) continue;
    throw new PluginError(
      'PLUGIN_COPY',
      `\`${name}\` would load another copy of ${shared}, ${seen}; this command uses ${own}.`,
      'Run the command that is installed beside the plugin (npx carl in its folder), or install the plugin beside this command. A plugin lists both packages in peerDependencies.',
    );
  }
}
