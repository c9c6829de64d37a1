import { FIRST_PARTY } from '@carl-ssl/core/host';
import { expect } from 'chai';
import { basename } from 'node:path';

interface SitePage {
  readonly path: string;
  readonly text: string;
}
interface SiteMethod {
  readonly name: string;
  readonly use: string;
  readonly path: string;
}
interface Site {
  readonly pages: readonly SitePage[];
  readonly files: readonly { readonly path: string }[];
  readonly methods: readonly SiteMethod[];
}

const { sitePages } = (await import('../../scripts/docs/pages.mjs' as string)) as {
  readonly sitePages: () => Promise<Site>;
};
const { deadLinks } = (await import('../../scripts/docs/links.mjs' as string)) as {
  readonly deadLinks: (pages: readonly SitePage[], files: ReadonlySet<string>) => readonly string[];
};
const { navigationFaults } = (await import('../../scripts/docs/navigation.mjs' as string)) as {
  readonly navigationFaults: (pages: readonly SitePage[]) => Record<'missing' | 'dead', readonly string[]>;
};
const { mapLinks } = (await import('../../scripts/docs/markdown.mjs' as string)) as {
  readonly mapLinks: (text: string, change: (target: string, label: string) => string) => string;
};

/** Pages that TypeDoc writes. */
const API_PAGES = ['api/core.md', 'api/host.md', 'api/testing.md'];

/** `npm run docs:check` builds the site itself and looks at it in a browser. */
describe('documentation site', () => {
  let site: Site;
  let all: readonly SitePage[];
  const textOf = (path: string) => site.pages.find(page => page.path === path)?.text ?? '';

  before(async () => {
    site = await sitePages();
    all = [...site.pages, ...API_PAGES.map(path => ({ path, text: '# API' }))];
  });

  it('has no dead links', () => {
    const files = new Set([...site.files.map(({ path }) => path), ...API_PAGES]);
    expect(deadLinks(site.pages, files)).to.deep.equal([]);
  });

  it('has every page in the navigation', () => {
    expect(navigationFaults(all)).to.deep.equal({ missing: [], dead: [] });
  });

  it('finds dead links and pages outside the navigation', () => {
    const page = { path: 'odd/page.md', text: '# Odd\n\n[a](/guide/none.md) [b](#none) [c](#odd) `[d](/none.md)`' };
    expect(deadLinks([page], new Set())).to.deep.equal(['odd/page.md: /guide/none.md', 'odd/page.md: #none']);
    expect(navigationFaults([...all, page]).missing).to.deep.equal(['/odd/page']);
  });

  it('changes links whose label is code, beside code that looks like a link', () => {
    const text = '`a`\\<[`b`](x.md)\\>, `[c](y.md)`';
    expect(mapLinks(text, (target, label) => `${label}=${target}`)).to.equal('`a`\\<`b`=x.md\\>, `[c](y.md)`');
  });

  it('has a page for each method, with its loss, options and a pipeline', () => {
    expect(site.methods.length).to.be.above(20);
    for (const { path, use, name } of site.methods) {
      const text = textOf(path);
      expect(text, path).to.contain(`\n# ${name}\n`).and.to.contain(`objective: ${use}`);
      for (const part of ['## Loss', '## Pipeline', '## Options of', '## Known failures', '## Results'])
        expect(text, path).to.contain(part);
      if (use !== 'koleo') expect(text, path).to.contain('carl train pipelines/');
    }
  });

  it('leads from the names of methods to their pages', () => {
    const pages = site.methods.map(({ path }) => basename(path, '.md'));
    expect(pages).to.include.members([
      'simclr',
      'moco',
      'simsiam',
      'byol',
      'lejepa',
      'massl',
      'simmim',
      'w-mse',
      'swav',
      'dino',
    ]);
    expect(textOf('methods/moco.md')).to.contain('MoCo v2, MoCo v3').and.to.contain('imagenet/moco-v3.yaml');
    expect(textOf('methods/index.md')).to.contain('[SimCLR](/methods/simclr.md)').and.to.contain('MAE, BEiT');
  });

  it('has a page for each package', () => {
    const without = FIRST_PARTY.filter(name => textOf(`packages/${basename(name)}.md`) === '');
    expect(without).to.deep.equal([]);
  });
});
