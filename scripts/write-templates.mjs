/** Writes the plain JavaScript form of the examples in core/templates: `npm run templates`. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';

const FOLDER = fileURLToPath(new URL('../core/templates', import.meta.url));

/** Stands for a blank line, which the compiler would drop. */
const BLANK = '//blank';

/** A TypeScript module without its types, with its comments and blank lines. */
export async function withoutTypes(text) {
  const marked = text.replace(/\n(?=\n)/g, `\n${BLANK}`);
  const compilerOptions = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext };
  const { outputText } = ts.transpileModule(marked, { compilerOptions });
  const spaced = outputText.replaceAll(new RegExp(`^\\s*${BLANK}$`, 'gm'), '');
  return format(spaced, { ...(await resolveConfig(FOLDER + '/x.js')), parser: 'babel' });
}

/** Names and texts of the JavaScript files. */
export async function javascriptTemplates() {
  const names = readdirSync(FOLDER).filter(name => name.endsWith('.ts'));
  return Promise.all(
    names.map(async name => [
      name.replace(/\.ts$/, '.js'),
      await withoutTypes(readFileSync(`${FOLDER}/${name}`, 'utf8')),
    ]),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const [name, text] of await javascriptTemplates()) writeFileSync(`${FOLDER}/${name}`, text);
