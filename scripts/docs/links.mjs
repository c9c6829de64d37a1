/** Links between pages: those of the repository become those of the site. */
import { dirname, join } from 'node:path';
import { anchorsOf, headLinksOf, isOutside, mapLinks } from './markdown.mjs';
import { isThere } from './repository.mjs';
import { referenceTarget } from './reference-pages.mjs';

/**
 * Page with the links of the site. A link to a file that the site does not have becomes its label, since there is nothing
 * to go to. @param places paths of pages and files in the site, by their path in the repository
 */
export function withSiteLinks(page, places) {
  if (page.source === undefined) return page;
  const text = mapLinks(page.text, (target, label, isImage) => {
    const mark = isImage ? '!' : '';
    if (isOutside(target) || target.startsWith('#') || target.startsWith('/')) return `${mark}[${label}](${target})`;
    const place = placeOf(target, page.source, places);
    return place === undefined ? label : `${mark}[${label}](${place})`;
  });
  return { ...page, text };
}

function placeOf(target, source, places) {
  const [path, anchor] = target.split('#');
  const file = join(dirname(source), path).replace(/\/$/, '');
  if (file === 'docs/reference/components.md') return referenceTarget(anchor);
  const place = places.get(file) ?? places.get(join(file, 'README.md'));
  if (place !== undefined) return `/${place}${anchor === undefined ? '' : `#${anchor}`}`;
  if (!isThere(file)) throw new Error(`${source} links to ${target}, which does not exist.`);
  return undefined;
}

/** Links within the site that lead nowhere. @param files paths of everything else in the site */
export function deadLinks(pages, files) {
  const anchors = new Map(pages.map(({ path, text }) => [path, anchorsOf(text)]));
  return pages.flatMap(({ path, text }) =>
    targetsOf(text)
      .filter(target => !leads(target, path, { anchors, files }))
      .map(target => `${path}: ${target}`),
  );
}

function targetsOf(text) {
  const targets = headLinksOf(text);
  mapLinks(text, target => {
    targets.push(target);
    return '';
  });
  return targets.filter(target => !isOutside(target));
}

function leads(target, from, { anchors, files }) {
  const [path, anchor] = target.split('#');
  const page = path === '' ? from : path.startsWith('/') ? path.slice(1) : join(dirname(from), path);
  if (!anchors.has(page)) return files.has(page);
  return anchor === undefined || anchors.get(page).has(anchor);
}
