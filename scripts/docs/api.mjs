/** Reference of the three entry points of @carl-ssl/core, from their doc comments. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Application, LogLevel } from 'typedoc';
import { mapLinks } from './markdown.mjs';
import { ROOT } from './repository.mjs';

/** Entry points: name in programs, source, and an introduction. */
const ENTRIES = [
  {
    name: 'core',
    source: 'index',
    title: '@carl-ssl/core',
    purpose: 'For authors of plugins: contracts of all slots, and parts that components share.',
  },
  {
    name: 'host',
    source: 'host',
    title: '@carl-ssl/core/host',
    purpose: 'For programs: load a pipeline, plan, train, resume and evaluate it, read runs, run the command line.',
  },
  {
    name: 'testing',
    source: 'testing',
    title: '@carl-ssl/core/testing',
    purpose: 'For tests: the contract kit, and parts that tests drive.',
  },
];

/** Lets TypeDoc write Markdown into the folder and returns it as pages. */
export async function apiPages(folder) {
  const app = await Application.bootstrapWithPlugins({
    entryPoints: ['index.ts', 'host.ts', 'testing/index.ts'].map(name => join(ROOT, 'core/src', name)),
    tsconfig: join(ROOT, 'core/tsconfig.json'),
    plugin: ['typedoc-plugin-markdown'],
    out: folder,
    ...FORMAT,
    logLevel: LogLevel.Error,
  });
  const project = await app.convert();
  if (!project) throw new Error('TypeDoc could not read the entry points.');
  await app.generateOutputs(project);
  return ENTRIES.map(({ name, source, title, purpose }) => {
    const text = readFileSync(join(folder, `${source}.md`), 'utf8').replace(/^# .*\n/, `# ${title}\n\n${purpose}\n`);
    return { path: `api/${name}.md`, text: mapLinks(text, renamed) };
  });
}

/** The page of the first entry point is `core.md`. */
function renamed(target, label) {
  return `[${label}](${target.replace(/^index\.md/, 'core.md')})`;
}

const FORMAT = {
  outputFileStrategy: 'modules',
  readme: 'none',
  disableSources: true,
  skipErrorChecking: true,
  excludeInternal: true,
  // `tf` and `Type` have documentation of their own.
  excludeExternals: true,
  hidePageHeader: true,
  hideBreadcrumbs: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  expandObjects: false,
  // TypeDoc would empty its folder, which is docs if none is given.
  cleanOutputDir: false,
};
