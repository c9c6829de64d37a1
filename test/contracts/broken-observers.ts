import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { made, type Broken } from './fault.js';
import { observer } from './sound.js';

export const brokenObservers: readonly Broken[] = [
  made(observer, 'takes all events of a training and closes', sound => ({
    ...sound,
    onEpoch: () => {
      throw new Error('no epochs');
    },
  })),
  made(observer, 'takes all events of a training and closes', sound => ({
    ...sound,
    close: async status => (status === 'finished' ? Promise.reject(new Error('the end')) : undefined),
  })),
  made(observer, 'closes after an error before the first event', sound => {
    let run: string | undefined;
    return { ...sound, onStart: start => void (run = start.run), close: async () => run!.length };
  }),
  made(observer, 'closes after an evaluation without a training', sound => ({
    ...sound,
    onEvaluation: ({ results }) => results!.length,
  })),
  made(observer, 'takes a resumed training in the same run directory', sound => ({
    ...sound,
    onStart: async ({ run }) => writeFile(join(run, 'table.csv'), '', { flag: 'wx' }),
  })),
  made(observer, 'leaves events unchanged', sound => ({
    ...sound,
    onStep: report => Object.assign(report.parts, { total: report.loss }),
  })),
];
