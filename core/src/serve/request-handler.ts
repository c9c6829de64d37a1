import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Asset } from './assets.js';
import type { Connections } from './connections.js';
import type { EventStreams } from './event-streams.js';
import { refusalOf, type Gate } from './gate.js';
import { documentOf, type Page } from './layout.js';
import { overviewPage } from './overview-page.js';
import { choiceOf } from './run-choice.js';
import { runPage } from './run-page.js';
import type { WatchedFolder } from './watched-folder.js';

/** Everything that answers depend on. */
export interface Site {
  readonly folder: WatchedFolder;
  readonly gate: Gate;
  readonly assets: ReadonlyMap<string, Asset>;
  readonly events: EventStreams;
  readonly connections: Connections;
  /** Receives errors that are bugs. */
  readonly report: (error: unknown) => void;
}

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

const TEXT = { 'content-type': 'text/plain; charset=utf-8' };

/** Answers a request; never throws. */
export async function answer(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  try {
    await answerAdmitted(site, request, response);
  } catch (error) {
    site.report(error);
    if (response.headersSent) response.destroy();
    else end(response, 500, 'The page cannot be shown because of an error, which `carl serve` printed.');
  }
}

async function answerAdmitted(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = addressOf(request.url);
  if (!url) return end(response, 400, 'This address is not valid.');
  const { method, headers, socket } = request;
  const token = url.searchParams.get('token');
  const refusal = refusalOf({ method, headers, token }, site.gate);
  if (refusal) {
    if (refusal.status === 405) response.setHeader('allow', 'GET, HEAD');
    response.setHeader('connection', 'close');
    return end(response, refusal.status, refusal.text);
  }
  site.connections.admit(socket);
  const asset = site.assets.get(url.pathname);
  if (asset) return void response.writeHead(200, { 'content-type': asset.type }).end(asset.content);
  if (!PATHS.has(url.pathname)) return end(response, 404, 'There is no such page.');
  if (token !== null) return keepToken(site.gate, url, response);
  if (url.pathname === '/events' && method === 'GET') return site.events.add(response, site.folder.revision);
  const page = await pageAt(site.folder, url);
  if (!page) return end(response, 404, 'There is no such run in this folder.');
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(documentOf(page));
}

const PATHS: ReadonlySet<string> = new Set(['/', '/run', '/events']);

async function pageAt(folder: WatchedFolder, { pathname, searchParams }: URL): Promise<Page | undefined> {
  await folder.refresh();
  if (pathname === '/') return overviewPage(folder, choiceOf(searchParams));
  const run = pathname === '/run' ? folder.run(searchParams.get('name') ?? '') : undefined;
  return run && runPage(folder, run);
}

/** Moves the token from the address, which histories keep, to a cookie. */
function keepToken({ cookie, token }: Gate, url: URL, response: ServerResponse): void {
  url.searchParams.delete('token');
  response.writeHead(303, {
    location: `${url.pathname}${url.search}`,
    'set-cookie': `${cookie}=${token}; Path=/; HttpOnly; SameSite=Strict`,
  });
  response.end();
}

function addressOf(address = ''): URL | undefined {
  const text = `http://localhost${address}`;
  return address.startsWith('/') && URL.canParse(text) ? new URL(text) : undefined;
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, TEXT).end(`${text}\n`);
}
