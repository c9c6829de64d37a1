import { parentPort, workerData } from 'node:worker_threads';
import { rankMe } from '@carl-ssl/core';
import type { RankMeTask } from './interruptible-rank-me.js';

/** Entry of a thread that computes one rank and posts it. */
const { features, epsilon } = workerData as RankMeTask;
parentPort!.postMessage(rankMe(features, epsilon));
