// cspell:ignore mpii timeot
import { expect } from 'chai';
import { carl } from './cli.js';
import { temporaryFolder, writePipeline } from './tiny.js';

describe('carl train --collective', () => {
  const folder = temporaryFolder();
  const wrong: Readonly<Record<string, string>> = {
    mpii: 'there is no collective `mpii`. Did you mean `mpi`? Collectives: `mpi` and `single-process`.',
    far: 'there is no collective `far`. Collectives: `mpi` and `single-process`.',
    '{ use: mpi, timeout: x }': 'invalid options of collective mpi: `timeout` is "x"; it must be number',
    '{ use: mpi, timeot: 9 }': 'there is no option `timeot`. Did you mean `timeout`?',
  };
  for (const [collective, says] of Object.entries(wrong))
    it(`refuses ${collective}`, async () => {
      const pipeline = writePipeline(folder.within('tiny.yaml'), {});
      const { code, stderr } = await carl(['train', pipeline, '--collective', collective], { cwd: folder.path });
      expect([code, stderr]).to.satisfy(() => code === 2 && stderr.includes(says), stderr);
    });
});
