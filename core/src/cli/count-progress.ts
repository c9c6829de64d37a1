import type { WriteStream } from 'node:tty';
import { redraw } from './terminal.js';

/** Milliseconds between two lines where the output is no terminal. */
const LINE_INTERVAL = 30_000;

/** Shows `done` of `total`: a line that is rewritten on a terminal, otherwise a line every half a minute. */
export function countProgress(
  stream: WriteStream | undefined,
  unit: string,
): (done: number, total: number) => Promise<void> {
  const isTerminal = stream?.isTTY === true && process.env.TERM !== 'dumb';
  let printed = performance.now();
  return (done, total) => {
    const now = performance.now();
    const text = `${done}/${total} ${unit}`;
    if (isTerminal) redraw(stream, done < total ? text : '');
    else if (stream && now - printed >= LINE_INTERVAL) {
      printed = now;
      stream.write(`${text}\n`);
    }
    return Promise.resolve();
  };
}
