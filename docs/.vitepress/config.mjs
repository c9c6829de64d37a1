import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { slug } from '../../scripts/docs/markdown.mjs';
import { sidebars, TOP } from '../../scripts/docs/navigation.mjs';

/** Pages that scripts/docs.mjs has collected. */
const PAGES = fileURLToPath(new URL('../../site/pages', import.meta.url));

const paths = readdirSync(PAGES, { recursive: true }).filter(name => name.endsWith('.md'));
const pages = paths.map(path => ({ path, text: readFileSync(join(PAGES, path), 'utf8') }));

export default {
  title: 'carl-ssl',
  description: 'Self-supervised learning of visual representations in TypeScript',
  lang: 'en-GB',
  // Browsers would ask for /favicon.ico.
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  srcDir: PAGES,
  outDir: '../site/html',
  cacheDir: '../site/cache',
  markdown: {
    anchor: { slugify: slug },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  // The theme's first page has no landmark for its content.
  transformHtml: html => html.replace('class="VPContent is-home"', 'class="VPContent is-home" role="main"'),
  themeConfig: {
    nav: TOP,
    sidebar: sidebars(pages),
    outline: { level: [2, 3] },
    // Short names differ in a letter, as MAE and MSE do: only words of five letters or more may have a misprint.
    search: { provider: 'local', options: { miniSearch: { searchOptions: { fuzzy: 0.1 } } } },
  },
};
