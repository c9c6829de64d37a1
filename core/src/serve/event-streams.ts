import type { ServerResponse } from 'node:http';

/** Open streams, at most; a page that is not seen has none. */
const MOST = 32;
/** Bytes that a client may leave unread. */
const BACKLOG = 4096;

/** Streams of server-sent events to open pages. An event is the revision of the folder: pages then ask for what they show. */
export class EventStreams {
  readonly #open = new Set<ServerResponse>();

  get count(): number {
    return this.#open.size;
  }

  /** Begins a stream. Of too many, the oldest is closed; its page connects again. */
  add(response: ServerResponse, revision: number): void {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', connection: 'close' });
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
    response.write(`retry: 3000\ndata: ${revision}\n\n`);
    if (this.#open.size <= MOST) return;
    const [oldest] = this.#open;
    this.#open.delete(oldest);
    oldest.end();
  }

  send(revision: number): void {
    this.#write(`data: ${revision}\n\n`);
  }

  /** Keeps quiet connections open. */
  beat(): void {
    this.#write(': \n\n');
  }

  #write(text: string): void {
    for (const response of this.#open)
      if (response.writableLength > BACKLOG) response.destroy();
      else response.write(text);
  }
}
