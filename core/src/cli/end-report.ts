import { join } from 'node:path';
import { writeAtomic } from '../files/atomic.js';
import { printable } from '../text/printable.js';
import { messageOf } from '../text/message-of.js';

/**
 * Writes `report.html` into a folder of runs at the end of a command, with the images that earlier reports have kept, and says
 * where it is. A report that cannot be written is a warning, because the runs are finished.
 */
export async function writeEndReport(folder: string): Promise<void> {
  const out = join(folder, 'report.html');
  try {
    const { reportOn } = await import('../report/report.js');
    await writeAtomic(out, await reportOn(folder, 'earlier reports'));
    process.stderr.write(`report: ${printable(out)}\n`);
  } catch (error) {
    process.stderr.write(`warning: no report was written: ${printable(messageOf(error))}\n`);
  }
}
