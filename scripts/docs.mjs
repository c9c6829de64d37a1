/**
 * Builds the documentation site: collects the pages of this repository and those generated from the plugins in site/pages,
 * adds the API by TypeDoc, and lets VitePress write site/html. Needs the built packages (`npm run build`) and no network.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'vitepress';
import { apiPages } from './docs/api.mjs';
import { deadLinks } from './docs/links.mjs';
import { navigationFaults } from './docs/navigation.mjs';
import { sitePages } from './docs/pages.mjs';
import { ROOT } from './docs/repository.mjs';
import { say } from './steps.mjs';

const SITE = join(ROOT, 'site');

function write(folder, path, text) {
  const file = join(SITE, folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const started = Date.now();
const { pages: ours, files } = await sitePages();
const pages = [...ours, ...(await apiPages(join(SITE, 'api')))];
const { missing, dead } = navigationFaults(pages);
const faults = [
  ...deadLinks(ours, new Set([...files, ...pages].map(({ path }) => path))).map(link => `dead link: ${link}`),
  ...missing.map(path => `not in the navigation: ${path}`),
  ...dead.map(link => `in the navigation, but no page: ${link}`),
];
if (faults.length > 0) throw new Error(`The site has faults:\n${faults.join('\n')}`);

rmSync(join(SITE, 'pages'), { recursive: true, force: true });
for (const { path, text } of pages) write('pages', path, text);
for (const { source, path } of files) {
  write('pages/public', path, readFileSync(join(ROOT, source)));
  if (path.endsWith('.png')) cpSync(join(ROOT, source), join(SITE, 'pages', path));
}
await build(join(ROOT, 'docs'));
say(
  `${pages.length} pages in ${Math.round((Date.now() - started) / 1000)} s: site/html. To read them: npx vitepress preview docs`,
);
