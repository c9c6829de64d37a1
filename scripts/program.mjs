import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Command that runs a program of an installed package: this Node.js with the JavaScript file of the package's `bin`. The
 * programs in `node_modules/.bin` are shell scripts on Windows, which cannot be started without a shell.
 * @throws Error if the package is not installed or has no such program
 */
export function program(packageName, name = packageName.split('/').at(-1), root = ROOT) {
  const folder = join(root, 'node_modules', packageName);
  const { bin } = manifest(packageName, folder);
  const file = typeof bin === 'string' ? bin : bin?.[name];
  if (file === undefined) throw new Error(`The package ${packageName} has no program ${name}.`);
  return [process.execPath, join(folder, file)];
}

function manifest(packageName, folder) {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  } catch (cause) {
    throw new Error(`The package ${packageName} is not installed. Run: npm ci`, { cause });
  }
}

/** Command that runs `carl` of this repository. */
export const carl = (...args) => [process.execPath, join(ROOT, 'core', 'bin', 'carl.js'), ...args];
