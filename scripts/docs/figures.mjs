/** Puts figures into pages: as part of a page, a figure takes its colours, light or dark. */
import { dirname, join } from 'node:path';
import { mapLinks } from './markdown.mjs';
import { readText } from './repository.mjs';

/** Replaces `![alt](….svg)` by the figure without the colours that it has where it stands alone. */
export function inlineFigures(text, source) {
  return mapLinks(text, (target, alt, isImage) => {
    if (!isImage || !target.endsWith('.svg')) return `${isImage ? '!' : ''}[${alt}](${target})`;
    const figure = readText(join(dirname(source), target)).replace(/<style>[\s\S]*?<\/style>\s*/, '');
    return `<figure class="figure">${figure.replaceAll(/\n\s*/g, '')}</figure>`;
  });
}
