import { Worker } from 'node:worker_threads';
import { CarlError } from '../errors/carl-error.js';
import { digestFiles } from './digest-files.js';

/** Answer of the thread that hashes files. */
export type DigestReply = { readonly digests: readonly string[] } | { readonly problem: string };

/** Bytes from which files are hashed in a thread, and a fingerprint is worth keeping. */
export const LARGE_BYTES = 64 * 2 ** 20;

/**
 * Hashes files: SHA-256 of each, hex. Many bytes are hashed in a thread of their own, so that the calling thread can
 * compute in the meantime.
 * @param bytes size of all files
 * @throws CarlError INPUT_FILE
 */
export function fileDigests(
  paths: readonly string[],
  { bytes, signal }: { readonly bytes: number; readonly signal?: AbortSignal },
): Promise<readonly string[]> {
  return bytes < LARGE_BYTES ? digestFiles(paths, signal) : digestInThread(paths, signal);
}

function digestInThread(paths: readonly string[], signal?: AbortSignal): Promise<readonly string[]> {
  signal?.throwIfAborted();
  const thread = new Worker(new URL('./digest-thread.js', import.meta.url), { workerData: paths });
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal!.reason as Error);
      void thread.terminate();
    };
    signal?.addEventListener('abort', abort, { once: true });
    thread.on('message', (reply: DigestReply) => {
      if ('digests' in reply) resolve(reply.digests);
      else reject(new CarlError('INPUT_FILE', reply.problem));
    });
    thread.on('error', reject);
    thread.on('exit', () => {
      signal?.removeEventListener('abort', abort);
      reject(new Error('The thread that hashes files ended without an answer.'));
    });
  });
}
