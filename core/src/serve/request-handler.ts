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

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Answers a request; never throws. */
export async function answer(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  try {
    const given = await answerTo(site, request);
    if (given === EVENTS) site.events.add(response, site.folder.revision);
    else response.writeHead(given.status, given.headers).end(given.body);
  } catch (error) {
    site.report(error);
    const { status, headers, body } = textAnswer(500, 'The page cannot be shown because of an error, which `carl serve` printed.'); // prettier-ignore
    response.writeHead(status, headers).end(body);
  }
}

/** A stream of events instead of an answer. */
const EVENTS = 'events';

async function answerTo(site: Site, request: IncomingMessage): Promise<Answer | typeof EVENTS> {
  const { method, headers, socket } = request;
  const url = addressOf(request.url);
  if (!url) return textAnswer(400, 'This address is not valid.');
  const token = url.searchParams.get('token');
  const refusal = refusalOf({ method, headers, token }, site.gate);
  if (refusal) return textAnswer(refusal.status, refusal.text, { connection: 'close', allow: 'GET, HEAD' });
  site.connections.admit(socket);
  const asset = site.assets.get(url.pathname);
  if (asset) return { status: 200, headers: { 'content-type': asset.type }, body: asset.content };
  if (!PATHS.has(url.pathname)) return textAnswer(404, 'There is no such page.');
  if (token !== null) return movedToken(site.gate, url);
  if (url.pathname === '/events' && method === 'GET') return EVENTS;
  const page = await pageAt(site.folder, url);
  if (!page) return textAnswer(404, 'There is no such run in this folder.');
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: documentOf(page) };
}

const PATHS: ReadonlySet<string> = new Set(['/', '/run', '/events']);

async function pageAt(folder: WatchedFolder, { pathname, searchParams }: URL): Promise<Page | undefined> {
  await folder.refresh();
  if (pathname === '/') return overviewPage(folder, choiceOf(searchParams));
  const run = pathname === '/run' ? folder.run(searchParams.get('name') ?? '') : undefined;
  return run && runPage(folder, run);
}

/** Moves the token from the address, which histories keep, to a cookie. */
function movedToken({ cookie, token }: Gate, url: URL): Answer {
  url.searchParams.delete('token');
  const headers = {
    location: `${url.pathname}${url.search}`,
    'set-cookie': `${cookie}=${token}; Path=/; HttpOnly; SameSite=Strict`,
  };
  return { status: 303, headers };
}

function addressOf(address = ''): URL | undefined {
  const text = `http://localhost${address}`;
  return address.startsWith('/') && URL.canParse(text) ? new URL(text) : undefined;
}

function textAnswer(status: number, text: string, headers: Answer['headers'] = {}): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body: `${text}\n` };
}
