/** Reason for leaving out files and folders that operating systems, storage devices and notebooks create. */
export const JUNK_REASON = 'made by an operating system or editor';

/** True for the name of a file or folder that is no part of a dataset, such as .DS_Store or @eaDir. */
export function isJunk(name: string): boolean {
  return /^(\._.*|\.DS_Store|Thumbs\.db|desktop\.ini|\.ipynb_checkpoints|@eaDir|__MACOSX)$/i.test(name);
}
