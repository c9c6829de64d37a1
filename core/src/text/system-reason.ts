import { messageOf } from './message-of.js';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'it is a file, or lies in one, where a folder is needed',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'its links lead in a circle',
};

/** Why a file or folder could not be used, without the system call; the message of any other error. */
export function systemReason(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return (typeof code === 'string' && REASONS[code]) || messageOf(error);
}
