import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { CarlError } from '../errors/carl-error.js';
import { messageOf } from '../text/message-of.js';
import { readAssets } from './assets.js';
import { Connections, LIMITS } from './connections.js';
import { EventStreams } from './event-streams.js';
import { prepareCharts } from './line-chart.js';
import { knownComponents } from './pipeline-section.js';
import { answer, type Site } from './request-handler.js';
import { WatchedFolder } from './watched-folder.js';

/** A dashboard that is served. */
export interface Dashboard {
  /** With the token; give it only to people who may read the runs. */
  readonly address: string;
  /** Ends all connections. */
  close(): Promise<void>;
}

export interface DashboardOptions {
  /** Address to listen on. */
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Receives errors that are bugs. */
  readonly report: (error: unknown) => void;
  /** Milliseconds between two looks at the runs while pages are open, 1500 by default; at least ten times the duration of a look. */
  readonly interval?: number;
}

/** Looks between two signs of life to quiet pages. */
const BEAT = 10;

/** Serves pages on all runs below a folder, for reading only. @throws CarlError INPUT_ARGUMENT */
export async function startDashboard(
  name: string,
  { host, port, report, interval = 1500 }: DashboardOptions,
): Promise<Dashboard> {
  const [folder, assets] = [await WatchedFolder.open(name, interval), await readAssets()];
  const server = createServer(LIMITS, (request, response) => void answer(site, request, response));
  const [connections, events] = [new Connections(server), new EventStreams()];
  const token = randomBytes(24).toString('base64url');
  const bound = await listen(server, host, port);
  const site: Site = { folder, assets, events, connections, report, gate: { token, host, cookie: `carl-${bound}` } };
  const stops = [watch(folder, events, report), prepare(folder, report)];
  return {
    address: `http://${reachable(host)}:${bound}/?token=${token}`,
    close: async () => {
      for (const stop of stops) stop();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The part of an address that names this machine; of all addresses at once, its name. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return hostname();
  return host.includes(':') ? `[${host}]` : host;
}

/** @throws CarlError INPUT_ARGUMENT */
async function listen(server: Server, host: string, port: number): Promise<number> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw new CarlError('INPUT_ARGUMENT', `${host}:${port} cannot be listened on: ${messageOf(error)}. Give another --port or --host.`); // prettier-ignore
  }
  return (server.address() as AddressInfo).port;
}

/** Milliseconds from the start to the loading of the components, which pages of runs describe. */
const LATER = 3000;

/** Does what the first pages need before they are asked for. Returns a function that ends it. */
function prepare(folder: WatchedFolder, report: (error: unknown) => void): () => void {
  void prepareCharts()
    .then(() => folder.refresh())
    .catch(report);
  const timer = setTimeout(() => void knownComponents().catch(report), LATER);
  return () => clearTimeout(timer);
}

/** Looks at the folder while pages are open, and tells them about changes. Returns a function that ends it. */
function watch(folder: WatchedFolder, events: EventStreams, report: (error: unknown) => void): () => void {
  let [told, quiet] = [-1, 0];
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const look = async (): Promise<void> => {
    if (events.count === 0) return;
    await folder.complete(folder.runs);
    await folder.refresh();
    if (folder.revision !== told) events.send((told = folder.revision));
    else if (++quiet % BEAT === 0) events.beat();
  };
  const repeat = async (): Promise<void> => {
    const started = performance.now();
    await look().catch(report);
    if (!stopped)
      timer = setTimeout(() => void repeat(), Math.max(folder.interval, 10 * (performance.now() - started)));
  };
  void repeat();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
