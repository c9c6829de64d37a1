/** Headings and links of Markdown. */

/** Anchor of a heading, as GitHub makes it: the same links work there and in the site. */
export function slug(heading) {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** Headings outside fenced blocks, with their level. */
function headingsOf(text) {
  const found = [...withoutBlocks(text).matchAll(/^(#{1,6}) +(.+)$/gm)];
  return found.map(([, marks, title]) => ({ level: marks.length, title }));
}

export function titleOf(text) {
  const [, named] = /^---\n[\s\S]*?^title: (.+)$[\s\S]*?^---$/m.exec(text) ?? [];
  return named ?? headingsOf(text)[0]?.title.replaceAll('`', '');
}

/** Anchors of a page. A heading that occurs again gets a number, as the site gives it. */
export function anchorsOf(text) {
  const seen = new Map();
  const anchors = headingsOf(text).map(({ title }) => {
    const anchor = slug(title.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1'));
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
  return new Set(anchors);
}

/** A fenced block, a link or image with its mark, label and target, or code in a line. */
const BLOCK_LINK_OR_CODE = /^ *```[\s\S]*?^ *```$|(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)|`[^`\n]*`/gm;

/** Replaces every link and image `[label](target)` outside code by the result of `change(target, label, isImage)`. */
export function mapLinks(text, change) {
  return text.replaceAll(BLOCK_LINK_OR_CODE, (found, mark, label, target) =>
    target === undefined ? found : change(target, label, mark === '!'),
  );
}

export const isOutside = target => /^[a-z]+:/.test(target);

/** Links `link: /path` of a page's head. */
export function headLinksOf(text) {
  const head = /^---\n([\s\S]*?)^---$/m.exec(text)?.[1] ?? '';
  return [...head.matchAll(/^\s*link: (\S+)$/gm)].map(([, target]) => target);
}

/** A table; cells may hold `|`. */
export function table(header, rows) {
  const line = cells => `| ${cells.map(cell => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

export const block = (language, text) => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

function withoutBlocks(text) {
  return text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');
}
