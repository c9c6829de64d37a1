import { StringDecoder } from 'node:string_decoder';
import { readPieces } from './regular-file.js';

/** A line that is not JSON, or not of the kind that the file has. */
export class JsonLineError extends Error {
  constructor(
    /** From 1. */
    readonly line: number,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/**
 * Values of a file with one JSON value a line, read piece by piece. A last line without its end was cut off by a kill and
 * is left out; a file that does not exist has no lines.
 * @throws JsonLineError
 */
export async function* readJsonLines(path: string): AsyncGenerator<unknown, void, undefined> {
  let line = 0;
  for await (const text of completeLines(path)) {
    line += 1;
    yield parsed(text, line);
  }
}

async function* completeLines(path: string): AsyncGenerator<string, void, undefined> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  try {
    for await (const piece of readPieces(path)) {
      const lines = (rest + decoder.write(piece)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function parsed(text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new JsonLineError(line, error);
  }
}
