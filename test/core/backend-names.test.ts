import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../../core/src', import.meta.url));

/**
 * Folders that hold the backend that is built in, the list of this project's packages, and the writer of a page that runs
 * TensorFlow.js in the browser, where plugins of backends do not exist.
 */
const EXEMPT = /^(?:builtin|catalogue|playground)[/\\]/;
const NAMES = /\b(?:tensorflow|tensorflow-gpu|wasm|webgpu)\b/;

/** Lines of code that name a backend; comments, imports and the examples of a command's help do not count. */
function namingLines(text: string): readonly string[] {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    .replaceAll(/'@tensorflow\/[^']*'/g, '')
    .split('\n')
    .filter(line => NAMES.test(line) && !/\bcarl [a-z]/.test(line));
}

describe('backends in core', () => {
  it('are not referred to by name, so that backends of other plugins are treated like ours', () => {
    const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' });
    const found = files
      .filter(file => file.endsWith('.ts') && !EXEMPT.test(file))
      .flatMap(file => namingLines(readFileSync(join(SOURCE, file), 'utf8')).map(line => `${file}: ${line.trim()}`));
    expect(found).to.deep.equal([]);
  });

  it('are found in keys, texts and comparisons, not in comments, imports and examples', () => {
    const lines = [
      `const RATES = { tensorflow: 70e9 };`,
      `if (backend !== 'wasm') return;`,
      `// tensorflow is fast`,
      `import * as tf from '@tensorflow/tfjs-core';`,
      `.addHelpText('after', 'Example:  carl backend install tensorflow')`,
    ];
    expect(namingLines(lines.join('\n'))).to.deep.equal(lines.slice(0, 2));
  });
});
