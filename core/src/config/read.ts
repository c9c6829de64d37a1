import { readdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { readRegular } from '../files/regular-file.js';
import { diagnoseFile } from './diagnostic.js';
import type { DiagnosticCode } from '../errors/diagnostic-codes.js';
import { closest } from '../text/closest.js';
import type { Source } from './source.js';
import { PipelineError } from './pipeline-error.js';

/** Largest size of a file in bytes, about a hundred times that of a large pipeline. */
const LIMIT = 1024 * 1024;

/** A path as the user would write it: relative to where the command runs if it lies below, else absolute. */
function displayPath(file: string, cwd: string): string {
  const short = relative(cwd, file);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? file : short;
}

/** Reads a UTF-8 text file; a byte order mark is dropped. @throws PipelineError */
export async function readSource(file: string, cwd: string): Promise<Source> {
  const name = displayPath(file, cwd);
  const refuse = (code: DiagnosticCode, message: string, remedy?: string): never => {
    throw new PipelineError([diagnoseFile(name, { code, message, ...(remedy && { remedy }) })]);
  };
  const bytes = await readLimited(file, refuse, dirname(name));
  return { name, path: file, folder: dirname(file), text: decode(bytes, refuse), kind: 'file' };
}

type Refuse = (code: DiagnosticCode, message: string, remedy?: string) => never;

async function readLimited(file: string, refuse: Refuse, folder: string): Promise<Uint8Array> {
  try {
    return await readRegular(file, LIMIT);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') return refuse('FILE_UNREADABLE', 'This is a folder.', 'Name the YAML file in it.');
    if (code === 'NOT_REGULAR')
      return refuse('FILE_UNREADABLE', `The file cannot be read: ${message}.`, 'Write the pipeline to a file.');
    if (code === 'ERR_FS_FILE_TOO_LARGE')
      return refuse('FILE_TOO_LARGE', `The file is too large: ${message}.`, 'Is this the right file?');
    const near = await closestFile(file);
    return refuse('FILE_UNREADABLE', reasonOf(error), near && `Did you mean \`${join(folder, near)}\`?`);
  }
}

/** Name of the YAML file in the folder of a file that does not exist which was probably meant: none of those to leave out. */
export async function closestFile(file: string, without: readonly string[] = []): Promise<string | undefined> {
  const siblings: readonly string[] = await readdir(dirname(file)).catch(() => []);
  if (siblings.includes(basename(file))) return undefined;
  return closest(
    basename(file),
    siblings.filter(sibling => /\.ya?ml$/.test(sibling) && !without.includes(join(dirname(file), sibling))),
  );
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'There is no such file.';
  if (code === 'EACCES' || code === 'EPERM') return 'This file cannot be read: permission denied.';
  if (code === 'EMFILE') return 'Too many files are open: raise the limit (ulimit -n).';
  return `The file cannot be read: ${message}.`;
}

function decode(bytes: Uint8Array, refuse: Refuse): string {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (utf16) refuse('FILE_ENCODING', 'The file is UTF-16 text.', 'Save it as UTF-8.');
  if (bytes.includes(0))
    refuse('FILE_ENCODING', 'The file contains NUL bytes: it is not text.', 'Is this the right file?');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse('FILE_ENCODING', 'The file is not valid UTF-8.', 'Save it as UTF-8.');
  }
}
