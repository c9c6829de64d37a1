import { writeSync } from 'node:fs';
import { Session } from 'node:inspector';
import { parentPort } from 'node:worker_threads';
import { END, type WatchMessage } from './call-watchdog.js';

/** Program of the thread that ends the process if a watched call does not return. */

/** Time for the main thread to end the process itself, in milliseconds. */
const GRACE = 5000;

const timers = new Map<number, NodeJS.Timeout>();

parentPort!.on('message', ({ id, watch }: WatchMessage) => {
  if (watch)
    timers.set(
      id,
      setTimeout(() => endProcess(watch.message), watch.limit),
    );
  else {
    clearTimeout(timers.get(id));
    timers.delete(id);
  }
});

function endProcess(message: string): void {
  writeSync(2, message);
  // A thread cannot end the process with a status; the main thread can, even inside an endless loop of JavaScript. Node
  // would add a line about debuggers to standard error, which is therefore closed.
  const session = new Session();
  session.connectToMainThread();
  session.post('Runtime.evaluate', {
    expression: `process.getBuiltinModule('node:fs').closeSync(2), process[Symbol.for('${END}')](2)`,
  });
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE);
}
