/** All pages of the site but those of the API, which need the compiler. */
import { basename } from 'node:path';
import { inlineFigures } from './figures.mjs';
import { withTemplates } from './kind-examples.mjs';
import { withSiteLinks } from './links.mjs';
import { methodPages, withMethodTable } from './method-pages.mjs';
import { methods } from './methods.mjs';
import { commandsPage, referencePages } from './reference-pages.mjs';
import { filesIn, foldersIn, isThere, readText } from './repository.mjs';

/** { path, text } of each page, and the files of the repository that the site has as they are, by their path there. */
export async function sitePages() {
  const known = await methods();
  const written = writtenPages();
  const files = copiedFiles();
  const places = new Map([
    ...written.map(({ source, path }) => [source, path]),
    ...files.map(file => [file.source, file.path]),
  ]);
  const pages = written.map(page => {
    const filled = withTemplates(withMethodTable(page.text, known));
    return withSiteLinks({ ...page, text: inlineFigures(filled, page.source) }, places);
  });
  return {
    pages: [...pages, ...methodPages(known), ...referencePages(known), await commandsPage()],
    files,
    methods: known,
  };
}

/** Markdown files of the repository, with their path in the site. */
function writtenPages() {
  const docs = ['docs', 'docs/guide', 'docs/methods', 'docs/decisions', 'docs/reference'];
  const pages = [
    ...docs.flatMap(folder => filesIn(folder, '.md')).map(source => [source, source.replace('docs/', '')]),
    ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].map(name => [
      name,
      `project/${name.toLowerCase()}`,
    ]),
    ...readmes(['cli', 'core', 'inference', ...foldersIn('plugins')], 'packages'),
    ...readmes(foldersIn('examples'), 'examples'),
    ...benchmarks(),
  ];
  return pages
    .filter(([source]) => source !== 'docs/reference/components.md')
    .map(([source, path]) => ({ source, path, text: readText(source) }));
}

function readmes(folders, under) {
  const named = folders.filter(folder => isThere(`${folder}/README.md`));
  return named.map(folder => [`${folder}/README.md`, `${under}/${basename(folder)}.md`]);
}

function benchmarks() {
  const folders = ['benchmarks', ...foldersIn('benchmarks')];
  const sources = folders.flatMap(folder => filesIn(folder, '.md'));
  return sources.map(source => [source, source.replace('/README.md', '/index.md')]);
}

/** Pipelines that pages link to, and pictures. */
function copiedFiles() {
  const pipelines = ['pipelines', ...foldersIn('pipelines')].flatMap(folder => filesIn(folder, '.yaml'));
  const pictures = filesIn('docs/guide', '.png');
  return [
    ...pipelines.map(source => ({ source, path: source })),
    ...pictures.map(source => ({ source, path: source.replace('docs/', '') })),
  ];
}
