const GAP = '   ';

/**
 * Cells -> lines with columns of one width; the first column to the left, figures to the right. A table that is wider than
 * `width` characters is divided into parts below each other, each with the first column.
 */
export function aligned(rows: readonly (readonly string[])[], width = Infinity): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)));
  const line = (row: readonly string[], part: readonly number[]): string =>
    [row[0].padEnd(widths[0]), ...part.map(column => row[column].padStart(widths[column]))].join(GAP).trimEnd();
  return partsOf(widths, width)
    .map(part => rows.map(row => line(row, part)).join('\n'))
    .join('\n\n');
}

/** Indices of the columns after the first one, divided so that each part fits with the first column; at least one in each part. */
function partsOf([first, ...others]: readonly number[], width: number): readonly (readonly number[])[] {
  const parts: number[][] = [[]];
  let used = first;
  for (const [i, own] of others.entries()) {
    if (used + GAP.length + own > width && parts.at(-1)!.length > 0) {
      parts.push([]);
      used = first;
    }
    parts.at(-1)!.push(i + 1);
    used += GAP.length + own;
  }
  return parts;
}

/** Cells -> lines with columns of one width, all aligned to the left. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0))) ?? [];
  return rows
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The lines of a text of at most `width` characters, divided between words; a longer word has its own line. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
