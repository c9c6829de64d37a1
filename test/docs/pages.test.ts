import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { anchorsOf, blocksOf, linksOf, packageFolders, pages, ROOT } from './blocks.js';

/** `text` is output, or something that is not to be run. */
const LANGUAGES = ['csv', 'yaml', 'python', 'bash', 'ts', 'js', 'json', 'text'];

describe('documentation pages', () => {
  for (const page of pages()) {
    describe(page.path, () => {
      it('has no broken links', () => {
        const dead = linksOf(page).filter(link => {
          const [path, anchor] = link.split('#');
          const target = path === '' ? page.path : join(dirname(page.path), path);
          if (!existsSync(join(ROOT, target))) return true;
          if (anchor === undefined) return false;
          return !anchorsOf({ path: target, text: readFileSync(join(ROOT, target), 'utf8') }).has(anchor);
        });
        expect(dead).to.deep.equal([]);
      });

      it('has blocks of known languages', () => {
        const odd = blocksOf(page).filter(({ language }) => !LANGUAGES.includes(language));
        expect(odd.map(({ line, language }) => `${line}: ${language}`)).to.deep.equal([]);
      });
    });
  }

  it('name every package in the README', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    expect(packageFolders().filter(folder => !readme.includes(`(${folder})`))).to.deep.equal([]);
  });

  it('have a README in every package', () => {
    expect(['core', ...packageFolders()].filter(folder => !existsSync(join(ROOT, folder, 'README.md')))).to.deep.equal(
      [],
    );
  });
});
