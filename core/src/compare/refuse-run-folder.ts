import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CarlError } from '../errors/carl-error.js';

/** Refuses to write a comparison into a run directory, whose report it would replace. @throws CarlError INPUT_ARGUMENT */
export function refuseRunFolder(out: string): void {
  if (!['lock.json', 'pipeline.json'].some(name => existsSync(join(out, name)))) return;
  throw new CarlError(
    'INPUT_ARGUMENT',
    `--out ${out}: this is a run directory, whose report the comparison would replace. Choose another folder.`,
  );
}
