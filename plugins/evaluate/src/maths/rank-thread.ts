import { parentPort, workerData } from 'node:worker_threads';
import { effectiveRank, type RankTask } from './effective-rank.js';

/** Entry of a thread that computes one rank and posts it. */
parentPort!.postMessage(effectiveRank(workerData as RankTask));
