/** Navigation of the site. A group has pages by their paths, or all below a folder. */
import { titleOf } from './markdown.mjs';

const GUIDE = [
  ['Start', ['guide/getting-started', 'guide/idea', 'guide/which-method', 'guide/pipelines']],
  [
    'Train and measure',
    [
      'guide/own-images',
      'guide/runs-and-resume',
      'guide/evaluation',
      'guide/compare',
      'guide/report',
      'guide/dashboard',
      'guide/why-does-it-collapse',
      'guide/monitor',
    ],
  ],
  ['Use', ['guide/export', 'guide/explore', 'guide/backends', 'guide/several-machines']],
  ['Extend', ['guide/write-a-plugin', 'guide/plugin-kinds', 'guide/golden-cases', 'examples/*']],
];
const METHODS = [['Methods', ['methods/index', 'methods/*']]];
const REFERENCE = [
  ['Options', ['reference/components', 'reference/pipeline', 'reference/*']],
  ['Commands and codes', ['reference/commands', 'reference/errors', 'reference/component-codes']],
  ['API', ['api/*']],
  ['Packages', ['packages/*']],
];
const PROJECT = [
  ['Project', ['project/*']],
  ['Benchmarks', ['benchmarks/index', 'benchmarks/*']],
  ['Decisions', ['decisions/*']],
];

const SECTIONS = { guide: GUIDE, methods: METHODS, reference: REFERENCE, project: PROJECT };

/** Links of the top line. */
export const TOP = [
  { text: 'Guide', link: '/guide/getting-started', activeMatch: '^/(guide|examples)/' },
  { text: 'Methods', link: '/methods/', activeMatch: '^/methods/' },
  { text: 'Reference', link: '/reference/components', activeMatch: '^/(reference|packages)/' },
  { text: 'API', link: '/api/core', activeMatch: '^/api/' },
  { text: 'Project', link: '/project/readme', activeMatch: '^/(project|decisions|benchmarks)/' },
];

/** Sidebars by the folder of a page. */
export function sidebars(pages) {
  const titles = new Map(pages.map(({ path, text }) => [path.replace(/\.md$/, ''), titleOf(text) ?? path]));
  const built = Object.fromEntries(Object.entries(SECTIONS).map(([name, groups]) => [name, groupsOf(groups, titles)]));
  const { guide, methods, reference, project } = built;
  return {
    '/guide/': guide,
    '/examples/': guide,
    '/methods/': methods,
    '/reference/': reference,
    '/packages/': reference,
    '/api/': reference,
    '/project/': project,
    '/decisions/': project,
    '/benchmarks/': project,
  };
}

function groupsOf(groups, titles) {
  const named = new Set(groups.flatMap(([, paths]) => paths));
  return groups.map(([text, paths]) => {
    const all = paths.flatMap(path => (path.endsWith('*') ? below(path.slice(0, -1), titles, named) : [path]));
    const items = all.map(path => ({ text: titles.get(path), link: `/${path.replace(/index$/, '')}` }));
    return { text, items };
  });
}

/** Pages below a folder that no group names. */
function below(folder, titles, named) {
  return [...titles.keys()].filter(path => path.startsWith(folder) && !named.has(path));
}

/** Pages that no sidebar has, and entries without a page. */
export function navigationFaults(pages) {
  const links = Object.values(sidebars(pages)).flatMap(groups =>
    groups.flatMap(({ items }) => items.map(({ link }) => link)),
  );
  const paths = pages.map(({ path }) => `/${path.replace(/(index)?\.md$/, '')}`);
  return {
    missing: paths.filter(path => path !== '/' && !links.includes(path)),
    dead: [...links, ...TOP.map(({ link }) => link)].filter(link => !paths.includes(link)),
  };
}
