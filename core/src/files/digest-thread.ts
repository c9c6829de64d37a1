import { parentPort, workerData } from 'node:worker_threads';
import { digestFiles } from './digest-files.js';
import type { DigestReply } from './file-digests.js';

/** Program of a thread that hashes files: takes their paths, answers once and ends. */

const reply = await digestFiles(workerData as readonly string[]).then(
  (digests): DigestReply => ({ digests }),
  (error: unknown): DigestReply => ({ problem: (error as Error).message }),
);
parentPort!.postMessage(reply);
