/**
 * Packs all packages as npm would publish them, and prints the command that installs them in another project. Run it by
 * `npm run pack`, which builds first. Argument: the folder to write to, `packages` by default.
 */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { say } from './steps.mjs';
import { packAll } from './tarballs.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const folder = resolve(process.argv[2] ?? join(ROOT, 'packages'));
const { length } = packAll(folder);
say(`${length} packages are in ${folder}. To install them, run in the folder of another project:`);
say(`  npm install --save-dev ${folder}/*.tgz`);
