/**
 * Opens a pipeline with a plugin of others in the YAML language server, as an editor does, after `carl schema FILE` has
 * written its schema: completion, hover and errors. Run it by hand; the server is no dependency (27 MB):
 *
 *     npm install --prefix /tmp/server yaml-language-server
 *     node scripts/editor-check.mjs /tmp/server/node_modules/yaml-language-server/bin/yaml-language-server
 *
 * Recorded output: scripts/editor/recorded.txt.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { carl } from './program.mjs';
import { record, say } from './steps.mjs';
import { startServer } from './editor/language-server.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const caches = join(ROOT, 'node_modules/.cache');
mkdirSync(caches, { recursive: true });
const folder = mkdtempSync(join(caches, 'editor-'));
const file = join(folder, 'pipeline.yaml');
const server = startServer(process.argv[2]);
let wrong = 0;
let opened = 0;

function report(name, found, wanted) {
  const missing = wanted.filter(text => !found.includes(text));
  wrong += missing.length;
  const shown = found.trim().replaceAll(pathToFileURL(folder).href, '…').replaceAll(/^/gm, '       ');
  say(`${missing.length === 0 ? 'ok' : 'WRONG'}  ${name}\n${shown.replaceAll(/ +$/gm, '')}`);
}

/** Opens a text as a pipeline beside the schema; `|` is a place in it and is taken out. Returns the place and the problems. */
async function open(text) {
  const before = text.slice(0, text.indexOf('|')).split('\n');
  const position = { line: before.length - 1, character: before.at(-1).length };
  opened += 1;
  const uri = pathToFileURL(join(folder, `opened-${opened}.yaml`)).href;
  const problems = server.diagnostics(uri);
  server.notify('textDocument/didOpen', {
    textDocument: { uri, languageId: 'yaml', version: 1, text: text.replace('|', '') },
  });
  return { place: { textDocument: { uri }, position }, problems: await problems };
}

async function completion(text) {
  const { place } = await open(text);
  const { items } = await server.request('textDocument/completion', place);
  return items.map(({ label }) => label).join(', ');
}

try {
  cpSync(join(ROOT, 'examples/plugin-scale-noise'), folder, { recursive: true });
  const { status, output } = await record(carl('schema', file), { env: { CARL_TRUST: '1' } });
  if (status !== 0) throw new Error(output);
  await server.request('initialize', { processId: process.pid, rootUri: pathToFileURL(folder).href, capabilities: { workspace: { configuration: true }, textDocument: { publishDiagnostics: {} } } }); // prettier-ignore
  server.notify('initialized', {});
  const text = readFileSync(file, 'utf8');
  report('first line of the pipeline', text.split('\n')[0], ['yaml-language-server: $schema=']);

  const { problems } = await open(`${text}|`);
  report('the pipeline has no errors', problems.map(({ message }) => message).join('\n') || 'none', ['none']);

  const use = '{ use: scale-noise }';
  const components = await completion(text.replace(use, 'use: |'));
  report('completion of a component', components, ['scale-noise', 'random-grayscale']);
  const options = await completion(text.replace(use, 'use: scale-noise\n          |'));
  report("completion of the plugin's options", options, ['deviation']);
  report('completion of a key', await completion(`${text}|\n`), ['teacher', 'observers']);

  const hovered = await open(text.replace(use, '{ use: scale-noise, devi|ation: 0.2 }'));
  const hover = await server.request('textDocument/hover', hovered.place);
  report('hover over an option', String(hover?.contents?.value ?? 'nothing'), [
    'Standard deviation of the factors',
    'Default: `0.1`',
  ]);

  for (const [name, change, wanted] of [
    ['error for a value out of range', '{ use: scale-noise, deviation: -1 }|', 'minimum'],
    ['error for an unknown option', '{ use: scale-noise, deviatoin: 1 }|', 'deviatoin'],
    ['error for an unknown component', '{ use: scale-nose }|', 'scale-noise'],
  ]) {
    const { problems: found } = await open(text.replace(use, change));
    report(name, found.map(({ message, range }) => `${range.start.line + 1}: ${message}`).join('\n') || 'none', [
      wanted,
    ]);
  }
} finally {
  server.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = wrong === 0 ? 0 : 1;
