import type { LeftOutFile } from '../contracts/image-set.js';

/** Number of files named for each reason. */
const NAMED = 3;

/** Messages emitted by this process; a folder may be opened several times. */
const emitted = new Set<string>();

/**
 * Emits one process warning about files that a reader leaves out, grouped by reason. Sets list all of them in `leftOut`.
 * @param kept number of images that are read
 */
export function warnLeftOut(folder: string, leftOut: readonly LeftOutFile[], kept: number): void {
  if (leftOut.length === 0) return;
  const groups = new Map<string, LeftOutFile[]>();
  for (const one of leftOut) {
    const group = groups.get(one.reason) ?? [];
    group.push(one);
    groups.set(one.reason, group);
  }
  const text = [...groups].map(([reason, files]) => groupText(reason, files)).join('; ');
  const message = `${folder}: ${leftOut.length} of ${leftOut.length + kept} files left out: ${text}.`;
  if (emitted.has(message)) return;
  emitted.add(message);
  process.emitWarning(message, { code: 'CARL_FILES_LEFT_OUT' });
}

/** `suffix .bmp (5: a.bmp, b.bmp, c.bmp, …)`. */
function groupText(reason: string, files: readonly LeftOutFile[]): string {
  const names = files.slice(0, NAMED).map(({ file }) => file);
  const list = [...names, ...(files.length > NAMED ? ['…'] : [])].join(', ');
  const detail = files.find(one => one.detail !== undefined)?.detail;
  return `${reason} (${files.length}: ${list}${detail === undefined ? '' : `; the first: ${detail}`})`;
}
