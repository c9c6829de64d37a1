/**
 * Writes core/assets/playground.js, the script of the pages of `carl playground`: `npm run playground`. It is one classic
 * script, because browsers load no modules from files. TensorFlow.js is loaded by scripts of its own before it.
 */
import { build } from 'esbuild';
import { writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TARGET = `${ROOT}core/assets/playground.js`;

/** TensorFlow.js as its scripts for browsers define it: the global `tf`. */
const globalTensorflow = {
  name: 'global TensorFlow.js',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^@tensorflow\// }, ({ path }) => ({ path, namespace: 'global' }));
    onLoad({ filter: /./, namespace: 'global' }, ({ path }) => ({
      contents: `module.exports = globalThis.tf${path.endsWith('-wasm') ? '.wasm' : ''};`,
      loader: 'js',
    }));
  },
};

/** The text of the script. */
export async function playgroundScript() {
  const { outputFiles } = await build({
    entryPoints: [`${ROOT}inference/playground/page.js`],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    plugins: [globalTensorflow],
  });
  return `// Generated from inference/playground by \`npm run playground\`.\n${outputFiles[0].text}`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) writeFileSync(TARGET, await playgroundScript());
