/**
 * Translates the image kernels of plugins/augment/assembly to WebAssembly and writes them to src/vectors/module.ts.
 * The compiler is fetched by npx; only those who change the kernels need it.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMPILER = 'assemblyscript@0.28.20';
const FLAGS =
  '--enable simd --runtime stub --optimizeLevel 3 --shrinkLevel 0 --noAssert --importMemory --initialMemory 0';

const plugin = fileURLToPath(new URL('../plugins/augment', import.meta.url));
const source = join(plugin, 'assembly', 'kernels.ts');
const folder = mkdtempSync(join(tmpdir(), 'image-kernels-'));
try {
  const out = join(folder, 'kernels.wasm');
  execFileSync('npx', ['--yes', '--package', COMPILER, 'asc', source, '--outFile', out, ...FLAGS.split(' ')], {
    cwd: folder,
    stdio: 'inherit',
  });
  const sha256 = createHash('sha256').update(readFileSync(source)).digest('hex');
  const lines = readFileSync(out)
    .toString('base64')
    .match(/.{1,110}/g);
  writeFileSync(
    join(plugin, 'src', 'vectors', 'module.ts'),
    `// cspell:disable
// Written by scripts/write-image-kernels.mjs (npm run kernels) from assembly/kernels.ts; do not edit.

// SHA-256 of assembly/kernels.ts: ${sha256}

/** The kernels as a WebAssembly module, base64. */
export const MODULE = [
${lines.map(line => `  '${line}',`).join('\n')}
].join('');
`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
