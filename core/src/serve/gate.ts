import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** A request, as far as admission depends on it. */
export interface GateRequest {
  readonly method?: string;
  readonly headers: IncomingHttpHeaders;
  /** Value of `token` in its address. */
  readonly token: string | null;
}

/** Who is admitted. */
export interface Gate {
  readonly token: string;
  /** Name of the cookie that holds the token. Cookies of all ports of a machine are in one place. */
  readonly cookie: string;
  /** Address that the server listens on, as the user named it. */
  readonly host: string;
}

/** An answer to a request that is not admitted. */
export interface Refusal {
  readonly status: number;
  readonly text: string;
}

/**
 * Checks a request before anything else. The host must be an address or a name of this machine, so that a page whose name was
 * rebound to it cannot read it; the origin must be this server; the token must be in the address or in the cookie.
 */
export function refusalOf(request: GateRequest, gate: Gate): Refusal | undefined {
  const { host = '', origin } = request.headers;
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, text: 'This server only answers GET and HEAD.' }; // prettier-ignore
  if (!isOwnHost(host, gate.host)) return { status: 421, text: 'This server has another name.' };
  if (origin !== undefined && origin !== `http://${host}`) return { status: 403, text: 'Requests of other pages are not answered.' }; // prettier-ignore
  const offered = request.token ?? cookieOf(request.headers.cookie, gate.cookie);
  if (offered === undefined || !isSame(offered, gate.token))
    return { status: 403, text: 'The token is missing or wrong. Open the address that `carl serve` printed.' };
  return undefined;
}

/** True for an address of the loopback interface. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Names without a port, which differs behind a tunnel. */
function isOwnHost(header: string, bound: string): boolean {
  const name = /^(?:\[([\da-f:.]+)\]|([^:[\]]+))(?::\d{1,5})?$/i.exec(header);
  const host = (name?.[1] ?? name?.[2] ?? '').toLowerCase();
  if (isLoopback(host) || host === bound.toLowerCase()) return true;
  return !isLoopback(bound) && (isIP(host) !== 0 || host === hostname().toLowerCase());
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  const pairs = (header ?? '').split(';').map(pair => pair.trim());
  return pairs.find(pair => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Compares in a time that does not depend on the content. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
