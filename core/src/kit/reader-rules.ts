import type { Reader } from '../contracts/reader.js';
import { CarlError } from '../errors/carl-error.js';
import { differences, readProblems, setProblems, shareProblems } from './image-set-problems.js';
import { damage, onCopy, pathsOf, withPath } from './path-options.js';
import { unless, type Rule, type Subject } from './rule.js';

/** Rules for readers. Those about files apply to options made by `Path`. */
export const readerRules: readonly Rule<Reader>[] = [
  { name: 'reads complete images and labels', check: async ({ make }) => setProblems(await make().read()) },
  {
    name: 'reads the same images in any order and at any time',
    check: async ({ make }) => readProblems(await make().read()),
  },
  {
    name: 'has the same order and fingerprint when it is opened again',
    check: async ({ make }) => differences(await make().read(), await make().read()),
  },
  {
    name: 'has the same images in a thread that shares them',
    check: async ({ make }) => shareProblems(await make().read()),
  },
  { name: 'has another fingerprint when a file changes', check: subject => atEachPath(subject, changeProblems) },
  { name: 'names a file that is missing', check: subject => atEachPath(subject, missingProblems) },
];

async function atEachPath(
  subject: Subject<Reader>,
  check: (subject: Subject<Reader>, path: string) => Promise<string[]>,
): Promise<string[]> {
  const problems: string[] = [];
  for (const path of pathsOf(subject)) problems.push(...(await check(subject, path)));
  return problems;
}

/** A changed file may also be refused, with an error that names it. */
async function changeProblems(subject: Subject<Reader>, path: string): Promise<string[]> {
  return onCopy(path, async copy => {
    const read = () => subject.makeWith(withPath(subject, path, copy)).read();
    const before = await read();
    const [full, quick] = [await before.fingerprint(), await before.quickFingerprint?.()];
    await damage(copy);
    try {
      const after = await read();
      const later = await after.quickFingerprint?.();
      return unless(
        [(await after.fingerprint()) !== full, `its fingerprint is the same after the content of ${path} changed`],
        [
          quick ? later?.sha256 !== quick.sha256 : true,
          `its quick fingerprint is the same after the modification time of ${path} changed`,
        ],
      );
    } catch (error) {
      return errorProblems(error, copy);
    }
  });
}

async function missingProblems(subject: Subject<Reader>, path: string): Promise<string[]> {
  const missing = `${path}.missing`;
  try {
    await subject.makeWith(withPath(subject, path, missing)).read();
    return [`it reads images although ${path} is missing`];
  } catch (error) {
    return errorProblems(error, missing);
  }
}

function errorProblems(error: unknown, path: string): string[] {
  const { message } = error as Error;
  return unless(
    [CarlError.is(error), `its error for ${path} is not a CarlError: ${message}`],
    [message.includes(path), `its error does not name ${path}: ${message}`],
  );
}
