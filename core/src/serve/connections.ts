import type { Server, ServerOptions } from 'node:http';
import type { Socket } from 'node:net';

/** Open connections of each kind, at most. */
const MOST = 100;

/** Milliseconds for a request to arrive, and for a connection without one. */
const PATIENCE = 10_000;

/** Limits of a server that it takes when it is made. */
export const LIMITS: ServerOptions = {
  headersTimeout: PATIENCE,
  requestTimeout: PATIENCE,
  keepAliveTimeout: PATIENCE / 2,
  connectionsCheckingInterval: PATIENCE / 10,
};

/**
 * Bounds the connections of a server and their duration. Those without an admitted request are counted apart: when there are too
 * many, the oldest is closed, so that they cannot keep out a browser.
 */
export class Connections {
  readonly #strangers = new Set<Socket>();
  readonly #admitted = new Set<Socket>();

  constructor(server: Server) {
    // Of a client that reads slowly: without any progress.
    server.timeout = 6 * PATIENCE;
    server.on('connection', socket => this.#add(this.#strangers, socket));
  }

  /** Notes that a request of the connection was admitted. */
  admit(socket: Socket): void {
    if (!this.#strangers.delete(socket)) return;
    this.#add(this.#admitted, socket);
  }

  #add(group: Set<Socket>, socket: Socket): void {
    group.add(socket);
    socket.once('close', () => group.delete(socket));
    if (group.size <= MOST) return;
    const [oldest] = group;
    group.delete(oldest);
    oldest.destroy();
  }
}
