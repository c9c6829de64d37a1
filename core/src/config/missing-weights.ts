import { existsSync } from 'node:fs';
import { unreadable } from '../files/data-file.js';
import { diagnose, type Diagnostic } from './diagnostic.js';
import { locate } from './locate.js';
import { entryAt, type MappingNode } from './node.js';

const PATH = ['initialWeights'];

/** An error for initial weights that are not there. @param document a pipeline whose paths are absolute */
export function missingWeights(document: MappingNode): readonly Diagnostic[] {
  const node = entryAt(document, PATH)?.value;
  const path = node?.kind === 'scalar' ? node.value : undefined;
  if (typeof path !== 'string' || path === '' || existsSync(path)) return [];
  const { code, message } = unreadable(path, Object.assign(new Error('it does not exist'), { code: 'ENOENT' }));
  return [diagnose(locate(document, PATH), { code, message: `\`initialWeights\`: ${message}`, path: PATH })];
}
