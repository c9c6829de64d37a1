import { openRegular, type RegularFile } from '../files/regular-file.js';
import { JsonLineError } from '../files/json-lines.js';

/** Bytes that are read at once; other work gets its turn between two pieces. */
const PIECE = 2 ** 19;
/** Bytes of a line, at most. */
const LONGEST = 2 ** 20;
/** Bytes before the end of the read part by which a replaced file is recognised. */
const MARK = 256;

const NEWLINE = 0x0a;

/**
 * Reads a growing file of JSON lines from where the last reading ended. A file that became shorter or has other content there, as
 * that of a resumed run, is read again from its beginning.
 */
export class MetricsTail {
  #offset = 0;
  #lines = 0;
  #mark = Buffer.alloc(0);

  constructor(readonly path: string) {}

  /**
   * Passes every new, complete line to `line`, after `restart` if the file must be read again.
   * @throws JsonLineError for a line that is not JSON or that `line` refuses; an error of Node.js
   */
  async read({ restart, line }: { restart: () => void; line: (value: unknown) => void }): Promise<void> {
    const file = await openRegular(this.path);
    try {
      if (!(await this.#continues(file))) {
        [this.#offset, this.#lines, this.#mark] = [0, 0, Buffer.alloc(0)];
        restart();
      }
      while (this.#offset < file.size && (await this.#readPiece(file, line)));
    } finally {
      await file.handle.close();
    }
  }

  async #continues({ handle, size }: RegularFile): Promise<boolean> {
    if (size < this.#offset) return false;
    const found = Buffer.alloc(this.#mark.length);
    await handle.read(found, 0, found.length, this.#offset - found.length);
    return found.equals(this.#mark);
  }

  /** Reads up to the last complete line of a piece; false if there is none. */
  async #readPiece({ handle }: RegularFile, line: (value: unknown) => void): Promise<boolean> {
    const piece = Buffer.allocUnsafe(Math.max(PIECE, LONGEST));
    const { bytesRead } = await handle.read(piece, 0, piece.length, this.#offset);
    const end = piece.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (end < 0) {
      if (bytesRead === piece.length) throw new JsonLineError(this.#lines + 1, new Error('it is too long'));
      return false;
    }
    for (const text of piece.toString('utf8', 0, end).split('\n')) this.#parse(text, line);
    this.#offset += end + 1;
    this.#mark = Buffer.from(piece.subarray(Math.max(0, end + 1 - MARK), end + 1));
    return true;
  }

  #parse(text: string, line: (value: unknown) => void): void {
    this.#lines += 1;
    try {
      line(JSON.parse(text));
    } catch (error) {
      throw new JsonLineError(this.#lines, error);
    }
  }
}
