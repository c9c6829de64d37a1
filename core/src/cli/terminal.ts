import type { WriteStream } from 'node:tty';

/** True if a stream may get colours: it is a terminal, and NO_COLOR is not set. */
export function colorOf(stream: Partial<Pick<WriteStream, 'isTTY'>>): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}

/** True if a line on a stream can be replaced: it is a terminal that has control sequences and a known width. */
export function canRedraw(stream: Partial<Pick<WriteStream, 'isTTY' | 'columns'>>): boolean {
  return widthOf(stream) !== undefined && process.env.TERM !== 'dumb';
}

/** The width of a terminal; undefined if a stream is none, or does not know it. */
export function widthOf({ isTTY, columns }: Partial<Pick<WriteStream, 'isTTY' | 'columns'>>): number | undefined {
  return isTTY === true && columns ? columns : undefined;
}

/** Replaces the moving line, which must not wrap. */
export function redraw(stream: Pick<WriteStream, 'write' | 'columns'>, text: string): void {
  stream.write(`\r\u001b[2K${text.slice(0, stream.columns || undefined)}`);
}

/** Formats a duration: `1h 05m`, `3m 20s` or `12s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  if (h > 0) return `${String(h)}h ${two(m)}m`;
  return m > 0 ? `${String(m)}m ${two(s)}s` : `${String(s)}s`;
}
