import type { Streams as RandomStreams } from '../tensor/random.js';
import { token } from './token.js';

/** The run's source of randomness. */
export type Streams = RandomStreams;
export const Streams = token<Streams>('Streams');
